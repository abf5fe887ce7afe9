import type { Result } from './program.ts'
import { runServerCommand } from './server-command.ts'

/** Runs `ftp-server user …`, in this process. @param input the content of its standard input */
export async function user(root: string, args: readonly string[], input = ''): Promise<Result> {
  return await runServerCommand(['user', ...args, '--root', root], input)
}
