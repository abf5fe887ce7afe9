#!/usr/bin/env node
import v8 from 'node:v8'
import { startQuickly } from '@ftp/terminal/quick-start'

startQuickly('ftp-server', process.env)
// What arrives comes in buffers of 16 KiB that are garbage a moment later. Counted apart from the heap, as V8 does by
// default, they make it collect the whole heap for every 23 MiB. And in every thread garbage is to be collected early,
// before it is several times what is in use.
for (const flag of [
  '--external-memory-accounted-in-global-limit',
  '--initial-old-space-size=16',
  '--heap-growing-percent=40',
])
  v8.setFlagsFromString(flag)
await import('./command.ts')
