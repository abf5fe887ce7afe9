#!/usr/bin/env node
import v8 from 'node:v8'
import { startQuickly } from '@ftp/terminal/quick-start'

startQuickly('ftp-server', process.env)
// What arrives comes in buffers of 16 KiB that are garbage a moment later. Counted apart from the heap, as V8 does by
// default, they make it collect the whole heap for every 23 MiB; a new heap is too small for them too.
for (const flag of ['--external-memory-accounted-in-global-limit', '--initial-old-space-size=128'])
  v8.setFlagsFromString(flag)
await import('./command.ts')
