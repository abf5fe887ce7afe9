import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { commandLine } from '../../apps/server/src/command-line.ts'
import type { Context } from '../../apps/server/src/commands/context.ts'
import { Output } from '../../packages/terminal/src/output.ts'

/**
 * Runs a command of the server in this process, for tests that run many of them.
 * @param args with `--json`, anywhere, as a program runs it
 * @returns what it prints on standard output
 * @throws whatever the command throws
 */
export async function runServerCommand(args: readonly string[], input = ''): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { signal } = new AbortController()
  const context = {
    ...{ stdin: Readable.from([Buffer.from(input)]), stderr, signal, onHangup: () => {} },
    ...{ output: new Output(stdout, signal), json: args.includes('--json') },
  }
  // What the commands use of the types of a terminal is in every stream.
  const program = commandLine((run) => run(context as unknown as Context))
  quieten(program)
  const printed = text(stdout)
  try {
    await program.parseAsync([...args.filter((arg) => arg !== '--json')], { from: 'user' })
  } finally {
    stdout.end()
  }
  return await printed
}

/** Keeps what is wrong with the arguments out of the output of the tests. */
function quieten(command: Command): void {
  command.configureOutput({ writeErr: () => {} })
  for (const each of command.commands) quieten(each)
}
