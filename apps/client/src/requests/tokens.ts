import { type Permission, type Token, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** What a token allows. */
export interface TokenOptions {
  /** Default: everything that the account may do. */
  readonly permissions?: readonly Permission[] | undefined
  /** When the token ends, in microseconds since 1970. Default: never. */
  readonly expires?: number | undefined
}

/** A new token. */
export interface NewToken {
  /** What a program sends instead of the password. It cannot be shown again. */
  readonly secret: string
  readonly token: Token
}

/**
 * More tokens than any server permits. The limit keeps a server that sends them without end from filling the
 * memory.
 */
const MOST = 100_000

/** Makes a token. @throws TransferError `exists`, `forbidden`, `bad_request` */
export async function addToken(session: Session, name: string, options: TokenOptions): Promise<NewToken> {
  const request = { type: 'token', name, ...options } as const
  const { reply } = await session.runOnce((connection) => connection.request(request).expect('token'))
  return { secret: reply.secret, token: reply.token }
}

/** The tokens of the account, including those that have expired. */
export async function tokens(session: Session): Promise<Token[]> {
  return await session.run(async ({ connection, progressed }) => {
    using exchange = connection.request({ type: 'tokens' })
    const all: Token[] = []
    for (;;) {
      const { reply } = await exchange.expect('tokens')
      progressed()
      all.push(...reply.tokens)
      if (reply.last) return all
      if (all.length > MOST)
        throw new TransferError('protocol', `the server tells of more than ${MOST} tokens`)
    }
  })
}

/** Removes a token. @throws TransferError `not_found` */
export async function revokeToken(session: Session, name: string): Promise<void> {
  await session.runOnce((connection) => connection.request({ type: 'revoke', name }).expect('done'))
}
