import { spawnSync } from 'node:child_process'
import { sftpCommands } from './openssh.ts'
import { ours, SERVER, stateOf } from './ours.ts'
import type { Ground, Peer } from './peer.ts'

/** Our server, as curl uses it, by HTTP inside TLS. */
export function https(port: number): Peer {
  const { root, start } = ours('', '', port, [])
  const curl = (ground: Ground, target: string): string =>
    `curl -sf --cacert ${certificate(ground, port)} https://127.0.0.1:${ground.port(port)}/files/${target}`
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

/** Our server, as curl uses it, by FTP, inside TLS or in clear. Only an account may do without encryption. */
export function ftp(port: number, { tls }: { readonly tls: boolean }): Peer {
  // Nobody needs the port for the other protocols.
  const { root, start } = ours('', '', port, [], ['--port', '0', '--ftp', '--ftp-port', String(port)])
  const curl = (ground: Ground, target: string): string => {
    const login = tls ? `--ssl-reqd --cacert ${certificate(ground, port)}` : `--user ${NAME}:${PASSWORD}`
    return `curl -sf ${login} ftp://127.0.0.1:${ground.port(port)}/${target}`
  }
  return {
    name: `curl over ${tls ? 'ftps' : 'ftp'}`,
    does: tls ? 'TLS 1.3, MD5 at the server' : 'MD5 at the server',
    packages: ['curl'],
    commands: ['curl'],
    ...(root && { root }),
    start: async (ground) => {
      if (!tls && root !== undefined) addAccount(root(ground), stateOf(ground, port))
      return (await start?.(ground)) ?? { [Symbol.asyncDispose]: async () => {} }
    },
    get: (ground) => (ground.isTree ? undefined : `${curl(ground, ground.name)} -o ${ground.desk}/out`),
    put: (ground) => (ground.isTree ? undefined : `${curl(ground, 'in')} -T ${ground.desk}/${ground.name}`),
  }
}

/** Our server, as OpenSSH's sftp uses it. */
export function sftpDoor(port: number): Peer {
  const { root, start } = ours('', '', port, [], ['--no-fsync'])
  return {
    name: 'sftp to ftp-server',
    does: 'SSH, MD5 at the server',
    packages: ['openssh-client'],
    commands: ['sftp'],
    ...(root && { root }),
    ...(start && { start }),
    ...sftpCommands(port, 'anonymous@', () => ''),
  }
}

const NAME = 'anna'
const PASSWORD = 'only-for-measuring'

/** An account that may use FTP in clear, unless it is there. */
function addAccount(root: string, state: string): void {
  const rights = ['--home', '/', '--permissions', 'all', '--allow-clear-ftp', '--password-stdin']
  const args = [SERVER, 'user', 'add', NAME, '--root', root, '--state', state, ...rights]
  spawnSync(process.execPath, args, { input: PASSWORD, stdio: ['pipe', 'ignore', 'ignore'] })
}

function certificate(ground: Ground, port: number): string {
  return `${stateOf(ground, port)}/certificate.pem`
}
