import type { IfExists } from '@ftp/protocol'
import type { Context } from '../command-context.ts'
import { toTarget } from './to-target.ts'

export interface MvOptions {
  readonly ifExists: IfExists
}

/** `mv <remote...> <target>`: renames one file or directory, or moves several into a directory. */
export async function mv(
  context: Context,
  paths: readonly string[],
  { ifExists }: MvOptions,
): Promise<number> {
  const usage = 'mv needs a source and a target: mv a.txt b.txt'
  return await toTarget(context, paths, usage, (client, from, to) => client.move(from, to, { ifExists }))
}
