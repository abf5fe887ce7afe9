import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { TempDir } from './temp-dir.ts'

const [STORE, ...MACHINES] = ['10.98.0.1', '10.98.0.2', '10.98.0.3'] as const

/**
 * A volume of GlusterFS in memory. It takes its locks from a machine that has not answered for six seconds, and has
 * a machine that lost its locks fail rather than open its files again.
 */
const VOLUME = `
set -e
for folder in /var/lib /var/log /run /mnt; do mount -t tmpfs tmpfs $folder; done
mkdir -p /var/lib/glusterd /var/log/glusterfs /run/gluster /mnt/brick
glusterd
gluster="gluster --mode=script --log-file=/dev/null"
$gluster volume create shared ${STORE}:/mnt/brick/files force
$gluster volume set shared network.ping-timeout 5
$gluster volume set shared client.strict-locks on
$gluster volume set shared server.keepalive-time 3
$gluster volume set shared server.keepalive-interval 1
$gluster volume set shared server.keepalive-count 3
$gluster volume set shared server.tcp-user-timeout 6
$gluster volume start shared
echo ready
exec cat
`
/** How often a machine tries to mount the folder. */
const ATTEMPTS = 10
let made = 0

/**
 * Two machines that share a folder over a network, and the network's clients, as far as programs can tell: network
 * namespaces on one bridge, GlusterFS with its locks in one of them, and its mounts in the others.
 */
export class SharedStorage implements Disposable {
  /** The address at which clients find the machine that serves. */
  readonly address = '10.98.0.100'
  readonly machines: readonly [Machine, Machine]
  readonly #lan: string
  readonly #held: DisposableStack

  private constructor(lan: string, machines: readonly [Machine, Machine], held: DisposableStack) {
    this.#lan = lan
    this.machines = machines
    this.#held = held
  }

  static async start(): Promise<SharedStorage> {
    using opened = new DisposableStack()
    const folder = opened.use(new TempDir())
    const name = `ftp-${process.pid}-${made++}`
    const lan = namespace(opened, `${name}-lan`)
    ip('-n', lan, 'link', 'add', 'bridge', 'type', 'bridge')
    ip('-n', lan, 'address', 'add', `${STORE}/24`, 'dev', 'bridge')
    ip('-n', lan, 'link', 'set', 'bridge', 'up')
    const isolated = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const store = spawn('ip', ['netns', 'exec', lan, ...isolated, 'sh', '-c', VOLUME], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    opened.defer(() => store.kill('SIGKILL'))
    let said = ''
    for await (const chunk of store.stdout) {
      said += String(chunk)
      if (said.endsWith('ready\n')) break
    }
    if (!said.endsWith('ready\n')) throw new Error(`GlusterFS did not start: ${said}`)
    const [a, b] = MACHINES.map((address, index) => {
      const own = namespace(opened, `${name}-${index}`)
      ip('link', 'add', `port${index}`, 'netns', lan, 'type', 'veth', 'peer', 'name', 'cable', 'netns', own)
      ip('-n', lan, 'link', 'set', `port${index}`, 'master', 'bridge', 'up')
      ip('-n', own, 'address', 'add', `${address}/24`, 'dev', 'cable')
      ip('-n', own, 'link', 'set', 'cable', 'up')
      return opened.use(
        new Machine({ lan, own, port: `port${index}`, folder: folder.folder(`mount${index}`) }),
      )
    })
    if (a === undefined || b === undefined) throw new Error('there are two machines')
    for (const machine of [a, b]) machine.start()
    return new SharedStorage(lan, [a, b], opened.move())
  }

  /** The command to run a client under, so that it is on the network of the machines. */
  get client(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#lan]
  }

  /** Gives the clients' address to one machine, and takes it from the other. */
  move(to: Machine): void {
    for (const machine of this.machines) machine.answer(this.address, machine === to)
    // As the announcement of keepalived does.
    ip('-n', this.#lan, 'neighbour', 'flush', 'all')
  }

  [Symbol.dispose](): void {
    this.#held.dispose()
  }
}

interface MachineOptions {
  /** The namespace of the network. */
  readonly lan: string
  readonly own: string
  /** The end of its cable in the network. */
  readonly port: string
  readonly folder: string
}

/** One of the machines. Disposing of it stops its mount. */
export class Machine implements Disposable {
  /** The path of the shared folder, for programs that are run with `under`. */
  readonly folder: string
  readonly #options: MachineOptions
  #mount: number | undefined

  constructor(options: MachineOptions) {
    this.folder = options.folder
    this.#options = options
  }

  /** The command to run a program under, so that it runs on this machine. */
  get under(): readonly string[] {
    return ['nsenter', '--target', String(this.#mount), '--mount', '--net', '--']
  }

  /** Connects the machine and mounts the folder. */
  start(): void {
    const { own, folder } = this.#options
    this.connect()
    const pidFile = `${folder}.pid`
    // In front of its daemon, the command ends as soon as the folder is mounted.
    const mount = [
      ...['netns', 'exec', own, 'unshare', '--mount', 'glusterfs', '--log-file=/dev/null'],
      ...['--pid-file', pidFile, '--volfile-server', STORE, '--volfile-id', 'shared', folder],
    ]
    // A network that has just been connected may lose the first packets, and then GlusterFS gives up.
    for (let attempt = 1; !succeeds(mount, attempt === ATTEMPTS); attempt++);
    this.#mount = Number(fs.readFileSync(pidFile, 'utf8'))
  }

  /** The machine loses its power: no connection is ended, and nothing is unmounted. */
  fail(): void {
    this.disconnect()
    this[Symbol.dispose]()
  }

  connect(): void {
    ip('-n', this.#options.lan, 'link', 'set', this.#options.port, 'up')
  }

  disconnect(): void {
    ip('-n', this.#options.lan, 'link', 'set', this.#options.port, 'down')
  }

  answer(address: string, answers: boolean): void {
    const { own } = this.#options
    const has = execFileSync('ip', ['-n', own, 'address', 'show', 'dev', 'cable'], { encoding: 'utf8' })
    if (has.includes(` ${address}/`) === answers) return
    ip('-n', own, 'address', answers ? 'add' : 'delete', `${address}/24`, 'dev', 'cable')
  }

  [Symbol.dispose](): void {
    if (this.#mount !== undefined) process.kill(this.#mount, 'SIGKILL')
    this.#mount = undefined
  }
}

function namespace(opened: DisposableStack, name: string): string {
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  opened.defer(() => ip('netns', 'delete', name))
  return name
}

/** Runs `ip` with a command. @throws whatever that throws if `isLast`; otherwise, a failure is the result */
function succeeds(args: readonly string[], isLast: boolean): boolean {
  try {
    ip(...args)
    return true
  } catch (error) {
    if (isLast) throw error
    return false
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
