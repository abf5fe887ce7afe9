import type { Context } from '../command-context.ts'
import { SCRIPTS, type ShellName } from '../completion/scripts.ts'

/** `completion <shell>`: prints the lines that teach a shell to complete this command. */
export async function completion({ stdout }: Context, shell: ShellName): Promise<number> {
  stdout.write(SCRIPTS[shell])
  return 0
}
