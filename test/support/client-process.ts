import { Program, type ProgramOptions, type Result } from './program.ts'
import { TRANSPORT } from './transport.ts'

export interface ClientOptions extends ProgramOptions {
  /** The port of this machine to connect to. */
  readonly port: number
  /** The client's configuration folder. */
  readonly config: string
  /** The options before the command. Default: `--json`. */
  readonly global?: readonly string[]
  /** The content of its standard input. */
  readonly input?: Uint8Array
}

/** Starts a client command. */
export function startClient(args: readonly string[], options: ClientOptions): Program {
  const { port, config, global = ['--json'], input, ...rest } = options
  const fixed = ['--server', `127.0.0.1:${port}`, '--config', config, ...TRANSPORT.flags]
  const program = new Program('apps/client/src/main.ts', [...fixed, ...global, ...args], rest)
  if (input !== undefined) program.stdin.end(input)
  return program
}

/** Runs a client command to its end. */
export async function runClient(args: readonly string[], options: ClientOptions): Promise<Result> {
  await using program = startClient(args, { input: new Uint8Array(0), ...options })
  return await program.result()
}
