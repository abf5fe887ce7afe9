import type { Context } from '../command-context.ts'
import { SCRIPTS, type ShellName } from '../completion/scripts.ts'

/** `completion <shell>`: the lines that teach a shell. */
export async function completion({ stdout }: Context, shell: ShellName): Promise<number> {
  stdout.write(SCRIPTS[shell])
  return 0
}
