import type { ServerChannel, Session } from 'ssh2'

/** The exit status of a command that this server does not have, as shells give it. */
const UNKNOWN_COMMAND = 127
const NO_SHELL = 'This server stores files and runs no programs: use sftp, scp, sshfs or rclone.\n'
const OLD_SCP =
  'This server speaks SFTP alone, which scp uses by default since OpenSSH 9.0: leave out -O, or use sftp.\n'

/** What a session of SSH is used for. */
export interface SessionListener {
  readonly onSftp: (channel: ServerChannel) => void
}

/**
 * Serves SFTP in a session, and answers everything else with a sentence: this server has no shell, runs no programs and
 * forwards nothing. What is not named here, ssh2 refuses itself.
 */
export function serveSession(session: Session, { onSftp }: SessionListener): void {
  session.on('subsystem', (accept, reject, { name }) => {
    if (name === 'sftp') onSftp(accept())
    else reject?.()
  })
  session.on('shell', (accept) => refuse(accept(), NO_SHELL))
  session.on('exec', (accept, _, { command }) =>
    refuse(accept(), /^scp\s/.test(command) ? OLD_SCP : NO_SHELL),
  )
}

function refuse(channel: ServerChannel | undefined, sentence: string): void {
  if (channel === undefined) return
  channel.on('error', () => {})
  channel.resume()
  channel.stderr.write(sentence)
  channel.exit(UNKNOWN_COMMAND)
  channel.end()
}
