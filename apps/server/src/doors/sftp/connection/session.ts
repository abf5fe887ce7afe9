import type { ServerChannel, Session } from 'ssh2'
import { type DigestCommand, parseDigestCommand } from './digest-command.ts'

/** The exit status of a command that this server does not have, as shells give it. */
const UNKNOWN_COMMAND = 127
const NO_SHELL = 'This server stores files and runs no programs: use sftp, scp, sshfs or rclone.\n'
const OLD_SCP =
  'This server speaks SFTP alone, which scp uses by default since OpenSSH 9.0: leave out -O, or use sftp.\n'

/** What a session of SSH is used for. */
export interface SessionListener {
  readonly onSftp: (channel: ServerChannel) => void
  /** Called with a question that is to be answered. The channel ends when this resolves. */
  readonly onDigest: (channel: ServerChannel, command: DigestCommand) => Promise<void>
}

/**
 * Serves SFTP in a session, and tells digests of files, as rclone wants them. Everything else gets a sentence: this server
 * has no shell, runs no programs and forwards nothing. What is not named here, ssh2 refuses itself.
 */
export function serveSession(session: Session, { onSftp, onDigest }: SessionListener): void {
  session.on('subsystem', (accept, reject, { name }) => {
    if (name === 'sftp') onSftp(accept())
    else reject?.()
  })
  session.on('shell', (accept) => answer(accept(), async (channel) => refuse(channel, NO_SHELL)))
  session.on('exec', (accept, _, { command }) => {
    const digest = parseDigestCommand(command)
    const sentence = /^scp\s/.test(command) ? OLD_SCP : NO_SHELL
    answer(accept(), async (channel) =>
      digest === undefined ? refuse(channel, sentence) : await onDigest(channel, digest),
    )
  })
}

/** @param channel undefined if the session has been used already */
function answer(
  channel: ServerChannel | undefined,
  answerer: (channel: ServerChannel) => Promise<void>,
): void {
  if (channel === undefined) return
  channel.on('error', () => {})
  // What the client sends is for nobody.
  channel.resume()
  void answerer(channel).finally(() => channel.end())
}

function refuse(channel: ServerChannel, sentence: string): void {
  channel.stderr.write(sentence)
  channel.exit(UNKNOWN_COMMAND)
}
