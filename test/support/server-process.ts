import { type Exit, Program, type ProgramOptions } from './program.ts'
import { TRANSPORT } from './transport.ts'

export interface ServerProcessOptions extends ProgramOptions {
  readonly root: string
  /** Default: any free one. */
  readonly port?: number
  /** How many handler threads. Default: 1, because each takes as long to start as all the rest of the server. */
  readonly threads?: number
  readonly args?: readonly string[]
}

/** A listening server in a process of its own. Disposing of it kills the process. */
export class ServerProcess implements AsyncDisposable {
  readonly program: Program
  readonly port: number

  private constructor(program: Program, port: number) {
    this.program = program
    this.port = port
  }

  /** Starts the program, which may end without ever listening. */
  static launch({ root, port = 0, threads = 1, args = [], ...options }: ServerProcessOptions): Program {
    const fixed = [
      '--host',
      '127.0.0.1',
      '--json',
      '--anonymous',
      'write',
      '--log-level',
      'error',
      '--threads',
      String(threads),
      ...TRANSPORT.flags,
    ]
    return new Program('apps/server/src/main.ts', [root, '--port', String(port), ...fixed, ...args], options)
  }

  /** Starts a server. Resolves when it listens. */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const program = ServerProcess.launch(options)
    const { port } = await program.event('listening')
    return new ServerProcess(program, Number(port))
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    return await this.program.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
