#!/usr/bin/env node
import { printVersion, startQuickly } from '@ftp/terminal/quick-start'

startQuickly('ftp-client', process.env)
if (!(await printVersion(process.argv.slice(2)))) await import('./cli/command.ts')
