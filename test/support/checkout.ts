import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { TempDir } from './temp-dir.ts'
import { Terminal } from './terminal.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * A fresh clone of this project, as its new owner has it: the files of the working tree that git knows,
 * nothing installed, an empty home, an npm that never assumes a yes, and the machine's own Node.js. Downloads
 * come from the caches of the user who runs the tests. The clone is removed when this is disposed of.
 */
export class Checkout implements Disposable {
  readonly #temp = new TempDir()
  readonly folder = this.#temp.folder('ftp')
  readonly env: Readonly<Record<string, string>>

  constructor() {
    for (const name of filesOf(REPOSITORY)) {
      fs.mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true })
      fs.copyFileSync(path.join(REPOSITORY, name), path.join(this.folder, name))
    }
    execFileSync('git', ['init', '--quiet'], { cwd: this.folder })
    const home = this.#temp.folder('home')
    fs.writeFileSync(path.join(home, '.npmrc'), 'yes=false\n')
    this.env = { ...sharedSettings(), HOME: home }
  }

  /** Runs a line of the shell to its end, without a terminal. */
  async run(line: string): Promise<Ended> {
    using child = this.#start(line)
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { code: await child.code, stdout, stderr }
  }

  /**
   * Runs a line that starts a server, without a terminal, and stops it once the server listens.
   * @returns everything that it wrote
   */
  async serve(line: string): Promise<Omit<Ended, 'code'>> {
    using child = this.#start(line)
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { stdout, stderr }
  }

  /** Starts a shell on a terminal. It shows `$ ` when it is ready. */
  async terminal(): Promise<Terminal> {
    const variables = Object.entries({ ...this.env, PS1: '$ ' }).map(([name, value]) => `${name}=${value}`)
    const shell = ['env', '-i', 'TERM=screen', ...variables, 'bash', '--norc', '--noprofile']
    return await Terminal.run(shell, { cwd: this.folder, columns: 100, rows: 40 })
  }

  /** Removes everything that has been installed. */
  uninstall(): void {
    const folders = ['.', ...['apps', 'packages'].flatMap((name) => below(this.folder, name)), 'test']
    for (const name of folders)
      fs.rmSync(path.join(this.folder, name, 'node_modules'), { recursive: true, force: true })
  }

  [Symbol.dispose](): void {
    this.#temp[Symbol.dispose]()
  }

  #start(line: string) {
    const child = spawn('sh', ['-c', line], {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const code = new Promise<number | null>((resolve, reject) =>
      child.on('error', reject).on('close', resolve),
    )
    const kill = (signal: NodeJS.Signals): void => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, signal)
    }
    return { stdout: child.stdout, stderr: child.stderr, code, kill, [Symbol.dispose]: () => kill('SIGKILL') }
  }
}

/** The files that git tracks in a folder, and those it would track if they were added. */
function filesOf(folder: string): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const names = execFileSync('git', list, { cwd: folder, encoding: 'utf8' }).split('\0')
  return names.filter((name) => name !== '' && fs.existsSync(path.join(folder, name)))
}

function below(folder: string, name: string): string[] {
  return fs.readdirSync(path.join(folder, name)).map((each) => path.join(name, each))
}

/**
 * The environment of the tests without the variables that pnpm has set, and with the settings that say where
 * packages come from.
 */
function sharedSettings(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|pnpm_|NODE(_OPTIONS|_PATH|_ENV|_COMPILE_CACHE)?$|INIT_CWD$|VITEST|XDG_|FTP_)/i.test(name),
  )
  const setting = (name: string): string =>
    execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim()
  const modules: { storeDir: string } = JSON.parse(
    fs.readFileSync(path.join(REPOSITORY, 'node_modules/.modules.yaml'), 'utf8'),
  )
  const directories = (process.env['PATH'] ?? '').split(path.delimiter)
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, value ?? ''])),
    PATH: directories.filter((name) => !name.includes('node_modules')).join(path.delimiter),
    npm_config_cache: setting('cache'),
    npm_config_registry: setting('registry'),
    PNPM_CONFIG_STORE_DIR: path.dirname(modules.storeDir),
  }
}
