import type { Session } from '../session/session.ts'
import { FACTS } from '../wire/entry-lines.ts'
import type { Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** What the server is and can do. */
export const information: Commands = {
  SYST: { run: async () => ({ code: 215, text: 'UNIX Type: L8' }), isOpen: true, keeps: true },
  FEAT: { run: feat, isOpen: true, keeps: true },
  NOOP: { run: async () => ({ code: 200, text: 'nothing done' }), isOpen: true, keeps: true },
  HELP: {
    run: async () => ({ code: 214, text: 'see RFC 959, 2389, 2428, 3659 and 4217; FEAT tells more' }),
    isOpen: true,
  },
}

async function feat({ tls }: Session): Promise<Reply> {
  const features = [
    ...(tls === undefined ? [] : ['AUTH TLS', 'PBSZ', 'PROT']),
    'AVBL',
    'EPRT',
    'EPSV',
    'HASH MD5*',
    'MDTM',
    'MFMT',
    `MLST ${FACTS.map((fact) => `${fact}*;`).join('')}`,
    'REST STREAM',
    'SITE UTIME',
    'SIZE',
    'TVFS',
    'UTF8',
    'XMD5',
  ]
  return { code: 211, text: ['features:', ...features, 'end'] }
}
