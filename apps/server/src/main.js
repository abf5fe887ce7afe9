#!/usr/bin/env node
import v8 from 'node:v8'
import { printVersion, startQuickly } from '@ftp/terminal/quick-start'

startQuickly('ftp-server', process.env)
// Incoming bytes arrive in buffers of 16 KiB that become garbage a moment later. By default, V8 counts these
// buffers apart from the heap, and therefore collects the whole heap for every 23 MiB of them. Moreover,
// every thread should collect garbage early, before it amounts to several times the memory in use.
for (const flag of [
  '--external-memory-accounted-in-global-limit',
  '--initial-old-space-size=16',
  '--heap-growing-percent=40',
])
  v8.setFlagsFromString(flag)
if (!(await printVersion(process.argv.slice(2)))) await import('./command.ts')
