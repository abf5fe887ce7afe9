import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Ground, type Peer, serve, serveSilently } from './peer.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')
// Other ones in each run: something may listen already. Below those that the system gives to clients.
const BASE = 20_000 + (process.pid % 600) * 20
export const PORTS = {
  ours: BASE,
  plain: BASE + 1,
  rsync: BASE + 2,
  curl: BASE + 3,
  ssh: BASE + 4,
  scratch: BASE + 5,
  nc: BASE + 6,
  first: BASE + 7,
  lftp: BASE + 8,
  https: BASE + 9,
}

/** Everything that is measured, ourselves first, as it is installed. */
export const PEERS: readonly Peer[] = [
  ours('ftp-client', 'TLS 1.3, MD5', PORTS.ours, []),
  first(ours('ftp-client, first get', 'TLS 1.3, MD5', PORTS.first, [])),
  ours('ftp-client --plaintext', 'MD5', PORTS.plain, ['--plaintext']),
  ours('ftp-client, server with --no-fsync', 'TLS 1.3, MD5', PORTS.scratch, [], ['--no-fsync']),
  https(),
  rsync('rsync -a', 'xxh128', []),
  rsync('rsync -a, md5', 'MD5', ['--checksum-choice=md5']),
  rsync('rsync -a --fsync', 'xxh128, fsync', ['--fsync']),
  scp(),
  ftp('curl', PORTS.curl, {
    get: ({ desk, name, isTree }) =>
      isTree ? undefined : `curl -s ftp://127.0.0.1:${PORTS.curl}/pub/${name} -o ${desk}/out`,
    put: ({ desk, name, isTree }) =>
      isTree ? undefined : `curl -s -T ${desk}/${name} ftp://127.0.0.1:${PORTS.curl}/pub/in`,
  }),
  ftp('lftp', PORTS.lftp, {
    get: ({ desk, name, isTree }) =>
      `lftp -c 'open ftp://127.0.0.1:${PORTS.lftp}; ${isTree ? `mirror -P8 pub/${name} ${desk}/out` : `get pub/${name} -o ${desk}/out`}'`,
    put: ({ desk, name, isTree }) =>
      `lftp -c 'open ftp://127.0.0.1:${PORTS.lftp}; ${isTree ? `mirror -R -P8 ${desk}/${name} pub/in` : `put ${desk}/${name} -o pub/in`}'`,
  }),
  {
    name: 'cp',
    does: 'no network',
    packages: [],
    commands: ['cp'],
    get: ({ served, desk, name }) => `cp -r ${served}/${name} ${desk}/out`,
    put: ({ served, desk, name }) => `cp -r ${desk}/${name} ${served}/in`,
  },
  {
    name: 'tar + nc',
    does: 'nothing',
    packages: ['netcat-openbsd'],
    commands: ['nc', 'tar'],
    get: (ground) => stream(ground, ground.served, `${ground.desk}/out`),
    put: (ground) => stream(ground, ground.desk, `${ground.served}/in`),
  },
  {
    name: 'md5sum',
    does: 'reads once',
    packages: [],
    commands: ['md5sum'],
    get: ({ served, name, isTree }) => (isTree ? undefined : `md5sum ${served}/${name}`),
    put: ({ desk, name, isTree }) => (isTree ? undefined : `md5sum ${desk}/${name}`),
  },
]

/** A tree as a tar stream through a plain connection. */
function stream({ name, isTree }: Ground, from: string, to: string): string | undefined {
  if (!isTree) return undefined
  const receive = `mkdir ${to}; nc -l 127.0.0.1 ${PORTS.nc} | tar x --strip-components=1 -C ${to}`
  const send = `until tar c -C ${from} ${name} | nc -N 127.0.0.1 ${PORTS.nc} 2>/dev/null; do sleep 0.01; done`
  return `sh -c '(${receive}) & ${send}; wait'`
}

function ours(
  name: string,
  does: string,
  port: number,
  flags: readonly string[],
  serverFlags: readonly string[] = [],
): Peer {
  const node = process.execPath
  const client = ({ setup, port: clientPort }: Ground): string =>
    `${node} ${REPOSITORY}/apps/client/bin/ftp-client.js -q --server 127.0.0.1:${clientPort(port)} --config ${setup} ${flags.join(' ')}`
  const root = ({ setup }: Ground): string => path.join(setup, `root-${port}`)
  return {
    name,
    does,
    packages: [],
    commands: [],
    root,
    start: (ground) => {
      const state = path.join(ground.setup, `state-${port}`)
      const fixed = ['--host', '127.0.0.1', '--port', String(port), '--state', state]
      const program = `${REPOSITORY}/apps/server/bin/ftp-server.js`
      return serve(
        node,
        [program, root(ground), ...fixed, '--anonymous', 'write', '--json', ...flags, ...serverFlags],
        (line) => line.includes('listening'),
      )
    },
    get: (ground) =>
      ground.isAgain
        ? `${client(ground)} sync :${ground.name} ${ground.desk}/out`
        : `${client(ground)} get -r ${ground.name} -o ${ground.desk}/out`,
    put: (ground) =>
      ground.isAgain
        ? `${client(ground)} sync ${ground.desk}/${ground.name} :in`
        : `${client(ground)} put -r ${ground.desk}/${ground.name} --to in`,
  }
}

/** Our server, as curl uses it, by HTTP inside TLS. */
function https(): Peer {
  const { root, start } = ours('', '', PORTS.https, [])
  const curl = ({ setup, port }: Ground, target: string): string =>
    `curl -sf --cacert ${setup}/state-${PORTS.https}/certificate.pem https://127.0.0.1:${port(PORTS.https)}/files/${target}`
  return {
    name: 'curl over https',
    does: 'TLS 1.3, MD5 at the server',
    packages: ['curl'],
    commands: ['curl'],
    ...(root && { root }),
    ...(start && { start }),
    get: (ground) => (ground.isTree ? undefined : `${curl(ground, ground.name)} -o ${ground.desk}/out`),
    put: (ground) => (ground.isTree ? undefined : `${curl(ground, 'in')} -T ${ground.desk}/${ground.name}`),
  }
}

/** The same for a file whose chain the server has not stored. */
function first({ start, put: _put, ...peer }: Peer): Peer {
  return {
    ...peer,
    isStartedAnew: true,
    start: async (ground) => {
      const state = path.join(ground.setup, `state-${PORTS.first}`)
      if (fs.existsSync(`${state}/state.db`)) {
        using database = new DatabaseSync(`${state}/state.db`)
        database.exec('DELETE FROM digests')
      }
      return (await start?.(ground)) ?? { [Symbol.asyncDispose]: async () => {} }
    },
  }
}

function rsync(name: string, does: string, flags: readonly string[]): Peer {
  const url = ({ port }: Ground): string => `rsync://127.0.0.1:${port(PORTS.rsync)}/served`
  return {
    name,
    does,
    packages: ['rsync'],
    commands: ['rsync'],
    start: async ({ served, setup }) => {
      const config = path.join(setup, 'rsyncd.conf')
      fs.writeFileSync(
        config,
        `use chroot = no\nuid = ${uid()}\ngid = ${uid()}\n[served]\npath = ${served}\nread only = no\n`,
      )
      return await serveSilently(
        'rsync',
        ['--daemon', '--no-detach', `--config=${config}`, `--port=${PORTS.rsync}`, '--address=127.0.0.1'],
        () => answers(PORTS.rsync),
      )
    },
    get: (ground) =>
      `rsync -a ${flags.join(' ')} ${url(ground)}/${ground.name}${ground.isTree ? '/' : ''} ${ground.desk}/out`,
    put: (ground) =>
      `rsync -a ${flags.join(' ')} ${ground.desk}/${ground.name}${ground.isTree ? '/' : ''} ${url(ground)}/in`,
  }
}

function scp(): Peer {
  const options = ({ setup }: Ground): string =>
    `-P ${PORTS.ssh} -i ${setup}/user_key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`
  return {
    name: 'scp',
    does: 'SSH',
    packages: ['openssh-server', 'openssh-client'],
    commands: ['/usr/sbin/sshd', 'scp'],
    start: async ({ setup }) => {
      for (const key of ['host_key', 'user_key']) {
        if (!fs.existsSync(`${setup}/${key}`))
          execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${setup}/${key}`])
      }
      fs.copyFileSync(`${setup}/user_key.pub`, `${setup}/authorized_keys`)
      fs.mkdirSync('/run/sshd', { recursive: true })
      const config = [
        `Port ${PORTS.ssh}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${setup}/host_key`,
        `AuthorizedKeysFile ${setup}/authorized_keys`,
        'StrictModes no',
        'Subsystem sftp internal-sftp',
        `PidFile ${setup}/sshd.pid`,
      ]
      fs.writeFileSync(`${setup}/sshd_config`, `${config.join('\n')}\n`)
      return await serveSilently('/usr/sbin/sshd', ['-D', '-f', `${setup}/sshd_config`], () =>
        answers(PORTS.ssh),
      )
    },
    get: (ground) =>
      `scp -rq ${options(ground)} 127.0.0.1:${ground.served}/${ground.name} ${ground.desk}/out`,
    put: (ground) => `scp -rq ${options(ground)} ${ground.desk}/${ground.name} 127.0.0.1:${ground.served}/in`,
  }
}

/** A client of FTP, and a vsftpd of its own. */
function ftp(client: string, port: number, commands: Required<Pick<Peer, 'get' | 'put'>>): Peer {
  // It wants a top that nobody may write to.
  const top = ({ setup }: Ground): string => path.join(setup, `ftp-${port}`)
  const root = (ground: Ground): string => path.join(top(ground), 'pub')
  return {
    name: `${client} + vsftpd`,
    does: 'nothing',
    packages: ['vsftpd', client],
    commands: ['/usr/sbin/vsftpd', client],
    root,
    start: async (ground) => {
      fs.chmodSync(root(ground), 0o777)
      const config = {
        listen: 'YES',
        listen_address: '127.0.0.1',
        listen_port: port,
        background: 'NO',
        anonymous_enable: 'YES',
        anon_root: top(ground),
        no_anon_password: 'YES',
        write_enable: 'YES',
        anon_upload_enable: 'YES',
        anon_other_write_enable: 'YES',
        anon_mkdir_write_enable: 'YES',
        anon_umask: '022',
        seccomp_sandbox: 'NO',
      }
      const file = path.join(ground.setup, `vsftpd-${port}.conf`)
      const lines = Object.entries(config).map(([key, value]) => `${key}=${value}\n`)
      fs.writeFileSync(file, lines.join(''))
      return await serveSilently('/usr/sbin/vsftpd', [file], () => answers(port))
    },
    ...commands,
  }
}

function uid(): number {
  return process.getuid?.() ?? 0
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    const end = (answer: boolean): void => {
      socket.destroy()
      setTimeout(() => resolve(answer), answer ? 0 : 20)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
