import { text } from 'node:stream/consumers'
import { fromErrno, printable } from '@ftp/protocol'
import { openToRead } from '../../transfer/local/named-pipe.ts'
import { type Context, localPath } from '../command-context.ts'

/** Reads the text of a file that an option names; `-` is standard input. Drops the byte order mark of Windows editors. */
export async function readText(context: Context, file: string): Promise<string> {
  const { stdin, signal } = context
  try {
    const read = await text(file === '-' ? stdin : openToRead(localPath(context, file), signal))
    return read.replace(/^\ufeff/, '')
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
