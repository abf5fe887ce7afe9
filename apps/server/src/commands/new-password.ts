import { randomInt } from 'node:crypto'
import { preparePassword, requireNewPassword, TransferError } from '@ftp/protocol'
import { askPassword, readPassword } from '@ftp/terminal'
import type { Context } from './context.ts'

/** Excludes characters that look like others. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

/**
 * Reads the password for an account, either from standard input or from a person, who types it twice.
 * @throws TransferError `bad_request` if it is not a valid password
 */
export async function newPassword(context: Context, fromStdin = false): Promise<string> {
  if (fromStdin) return requireNewPassword(await readPassword(context.stdin))
  const password = requireNewPassword(await askPassword(context, 'Password: '))
  if (preparePassword(await askPassword(context, 'The same again: ')) === password) return password
  throw new TransferError('bad_request', 'the two passwords differ; nothing was changed')
}

/** Generates a password that cannot be guessed (74 bits) but is easy to type: `k7fq2-mzpx9-dw4tn`. */
export function inventPassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return [group(), group(), group()].join('-')
}
