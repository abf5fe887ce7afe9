import fs from 'node:fs'
import { text } from 'node:stream/consumers'
import { fromErrno, printable } from '@ftp/protocol'
import { type Context, localPath } from '../command-context.ts'

/** Reads the text of a file that an option names; `-` is standard input. */
export async function readText(context: Context, file: string): Promise<string> {
  try {
    return file === '-' ? await text(context.stdin) : fs.readFileSync(localPath(context, file), 'utf8')
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
