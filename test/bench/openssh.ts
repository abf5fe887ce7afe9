import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { answers, type Ground, type Peer, serveSilently } from './peer.ts'

/** What OpenSSH's clients are given for a server at this port of this machine: its keys are nobody's. */
export function sshOptions({ setup }: Ground, port: number): string {
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  return [`-P ${port} -i ${setup}/user_key`, ...settings.map((setting) => `-o ${setting}`)].join(' ')
}

/** Makes a key pair of that name, unless it is there. */
export function makeKey({ setup }: Ground, name: string): void {
  if (!fs.existsSync(`${setup}/${name}`))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${setup}/${name}`])
}

/** The shell commands with which OpenSSH's sftp moves files between the desk and this folder of a server. */
export function sftpCommands(
  port: number,
  user: string,
  folder: (ground: Ground) => string,
): Required<Pick<Peer, 'get' | 'put'>> {
  const sftp = (ground: Ground, line: string): string =>
    `sh -c 'echo "${line}" | sftp -q -b - ${sshOptions(ground, port)} ${user}127.0.0.1'`
  return {
    get: (ground) => sftp(ground, `get -r ${folder(ground)}/${ground.name} ${ground.desk}/out`),
    put: (ground) => sftp(ground, `put -r ${ground.desk}/${ground.name} ${folder(ground)}/in`),
  }
}

/** A client of OpenSSH and its server. */
function openssh(client: string, port: number, commands: Required<Pick<Peer, 'get' | 'put'>>): Peer {
  return {
    name: client,
    does: 'SSH',
    packages: ['openssh-server', 'openssh-client'],
    commands: ['/usr/sbin/sshd', client],
    start: async (ground) => {
      const { setup } = ground
      for (const key of ['host_key', 'user_key']) makeKey(ground, key)
      fs.copyFileSync(`${setup}/user_key.pub`, `${setup}/authorized_keys`)
      fs.mkdirSync('/run/sshd', { recursive: true })
      const config = [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${setup}/host_key`,
        `AuthorizedKeysFile ${setup}/authorized_keys`,
        'StrictModes no',
        'Subsystem sftp internal-sftp',
        `PidFile ${setup}/sshd-${port}.pid`,
      ]
      const file = `${setup}/sshd_config-${port}`
      fs.writeFileSync(file, `${config.join('\n')}\n`)
      return await serveSilently('/usr/sbin/sshd', ['-D', '-f', file], () => answers(port))
    },
    ...commands,
  }
}

/** scp, which speaks SFTP to its server. */
export function scp(port: number): Peer {
  return openssh('scp', port, {
    get: (ground) =>
      `scp -rq ${sshOptions(ground, port)} 127.0.0.1:${ground.served}/${ground.name} ${ground.desk}/out`,
    put: (ground) =>
      `scp -rq ${sshOptions(ground, port)} ${ground.desk}/${ground.name} 127.0.0.1:${ground.served}/in`,
  })
}

/** sftp, and its own server. */
export function sftp(port: number): Peer {
  return openssh(
    'sftp',
    port,
    sftpCommands(port, '', ({ served }) => served),
  )
}
