import { type IfExists, TransferError } from '@ftp/protocol'
import type { Context } from '../command-context.ts'
import { toTarget } from './to-target.ts'

export interface CpOptions {
  readonly ifExists: IfExists
  readonly recursive?: boolean
}

/** `cp <remote...> <target>`: copies one file or directory, or several into a directory, on the server. */
export async function cp(
  context: Context,
  paths: readonly string[],
  { ifExists, recursive }: CpOptions,
): Promise<number> {
  const usage = 'cp needs a source and a target: cp a.txt b.txt'
  return await toTarget(context, paths, usage, (client, from, to) =>
    client.copy(from, to, { ifExists, recursive }).catch((error: unknown) => {
      const failure = TransferError.from(error)
      if (failure.code !== 'is_directory' || recursive === true) throw failure
      throw new TransferError('is_directory', `${failure.message}; use -r to copy it`, { cause: failure })
    }),
  )
}
