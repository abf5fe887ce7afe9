#!/usr/bin/env node
import module from 'node:module'
import os from 'node:os'
import path from 'node:path'

// Compiling the program takes longer than most commands do: what comes of it is kept for the next one.
const caches = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache')
module.enableCompileCache(path.join(caches, 'ftp-client'))

await import('./command.ts')
