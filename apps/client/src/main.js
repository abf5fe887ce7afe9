#!/usr/bin/env node
import { startQuickly } from '@ftp/terminal/quick-start'

startQuickly('ftp-client', process.env)
await import('./cli/command.ts')
