/*
 * Puts the built page beside the code that serves it: `node ../../build/page.ts` in the folder of the server that is to
 * be packed, after its code has been built.
 */
import fs from 'node:fs'
import path from 'node:path'

fs.cpSync(path.resolve(import.meta.dirname, '../apps/web/page'), 'dist/page', { recursive: true })
