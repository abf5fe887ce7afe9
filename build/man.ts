/*
 * Makes the manual page of an application that is to be packed: `node ../../build/man.ts` in its folder, after its code
 * has been built. npm installs it with the command (`man` in package.json).
 */
import fs from 'node:fs'
import path from 'node:path'
import { manualPage } from './manual-page.ts'
import { MANUALS } from './manuals.ts'

const manual = MANUALS[path.basename(process.cwd())]
if (manual === undefined) throw new Error(`${process.cwd()} is no application`)
fs.writeFileSync(`dist/${manual.program.name()}.1`, manualPage(manual))
