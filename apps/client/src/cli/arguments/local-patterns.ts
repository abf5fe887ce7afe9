import fs from 'node:fs'
import { printable, TransferError } from '@ftp/protocol'
import type { Context } from '../command-context.ts'
import { exists, isPattern } from './habits.ts'

/**
 * The local arguments of a command, with the patterns replaced by what matches them. Most shells do that before the
 * command starts; those of Windows leave it to the command.
 * @throws TransferError `not_found` if nothing matches a pattern
 */
export function expandedLocals(
  context: Context,
  locals: readonly string[],
  platform = process.platform,
): readonly string[] {
  const isWindows = platform === 'win32'
  return locals.flatMap((local) => {
    if (!isPattern(context, local) || exists(context, local)) return [local]
    const found = isWindows ? fs.globSync(local, { cwd: context.here.local || '.' }) : []
    if (found.length > 0) return found.sort()
    const check = `${isWindows ? 'dir' : 'ls'} ${printable(local)}`
    throw new TransferError(
      'not_found',
      `nothing here matches "${printable(local)}"; check it with: ${check}`,
    )
  })
}
