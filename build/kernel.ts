/*
 * Puts the compiled hash function beside the code that loads it: `node ../../build/kernel.ts` in the folder of an
 * application that is to be packed, after its code has been built.
 */
import fs from 'node:fs'
import path from 'node:path'

fs.copyFileSync(path.resolve(import.meta.dirname, '../packages/md5/src/md5.wasm'), 'dist/md5.wasm')
