import { randomInt } from 'node:crypto'
import { preparePassword, requireNewPassword, TransferError } from '@ftp/protocol'
import { askPassword, readPassword } from '@ftp/terminal'
import type { Context } from './context.ts'

/** Without those that look like others. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

/**
 * The password of an account, from standard input or from a person, who types it twice.
 * @throws TransferError `bad_request` when it is none
 */
export async function newPassword(context: Context, fromStdin = false): Promise<string> {
  if (fromStdin) return requireNewPassword(await readPassword(context.stdin))
  const password = requireNewPassword(await askPassword(context, 'Password: '))
  if (preparePassword(await askPassword(context, 'The same again: ')) === password) return password
  throw new TransferError('bad_request', 'the two are not the same; nothing was changed')
}

/** A password that nobody guesses (74 bits) and everybody can type: `k7fq2-mzpx9-dw4tn`. */
export function inventPassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return [group(), group(), group()].join('-')
}
