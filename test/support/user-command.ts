import { Program, type Result } from './program.ts'

/** Runs `ftp-server user …`. @param input the content of its standard input */
export async function user(root: string, args: readonly string[], input = ''): Promise<Result> {
  await using program = new Program('apps/server/src/main.ts', ['user', ...args, '--root', root], {})
  program.stdin.end(input)
  return await program.result()
}
