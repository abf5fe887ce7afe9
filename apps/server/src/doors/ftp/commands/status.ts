import type { Session } from '../session/session.ts'
import type { Reply } from '../wire/reply.ts'

/** What STAT says about the session. */
export function status({ guards, login, isEncrypted, isProtected, isText }: Session): Reply {
  return {
    code: 211,
    text: [
      guards.server,
      `logged in as ${login?.account.name ?? 'nobody'}`,
      `control connection ${isEncrypted ? 'encrypted' : 'not encrypted'}, data ${isProtected ? 'encrypted' : 'not encrypted'}`,
      `type ${isText ? 'ASCII' : 'image'}`,
      'end',
    ],
  }
}
