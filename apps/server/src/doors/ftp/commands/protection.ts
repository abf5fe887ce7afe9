import { mayBeClear } from '../data/transfer.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** TLS for the control connection and for data connections (RFC 4217). */
export const protection: Commands = {
  AUTH: { run: auth, isOpen: true },
  PBSZ: { run: pbsz, isOpen: true, keeps: true },
  PROT: { run: prot, isOpen: true, keeps: true },
  CCC: { run: async () => ({ code: 533, text: 'the control connection stays encrypted' }), isOpen: true },
}

async function auth(session: Session, mechanism: string): Promise<undefined> {
  if (session.tls === undefined) throw new Refusal(502, 'this server has no TLS')
  if (!/^(TLS|TLS-C|SSL)$/i.test(mechanism)) throw new Refusal(504, 'use AUTH TLS')
  if (session.isEncrypted) throw new Refusal(503, 'the connection is encrypted')
  if (session.login !== undefined) throw new Refusal(503, 'use AUTH TLS before the login')
  // Whoever stands in between could have sent it.
  session.user = undefined
  session.data = undefined
  await session.control.secure({ code: 234, text: 'begin TLS now' })
}

async function pbsz(session: Session): Promise<Reply> {
  if (!session.isEncrypted) throw new Refusal(503, 'use AUTH TLS first')
  session.hasBufferSize = true
  return { code: 200, text: 'PBSZ=0' }
}

async function prot(session: Session, level: string): Promise<Reply> {
  if (!session.isEncrypted) throw new Refusal(503, 'use AUTH TLS first')
  if (!session.hasBufferSize) throw new Refusal(503, 'send PBSZ 0 first')
  switch (level.toUpperCase()) {
    case 'P':
      session.isProtected = true
      return { code: 200, text: 'data connections are encrypted' }
    case 'C':
      if (!(await mayBeClear(session))) throw new Refusal(534, 'data has to be encrypted')
      session.isProtected = false
      return { code: 200, text: 'data connections are not encrypted' }
    case 'S':
    case 'E':
      throw new Refusal(536, 'use PROT P')
    default:
      throw new Refusal(504, 'use PROT P')
  }
}
