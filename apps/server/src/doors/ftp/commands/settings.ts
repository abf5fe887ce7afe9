import type { Session } from '../session/session.ts'
import { FACTS } from '../wire/entry-lines.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** The largest offset that a file can have, exactly. */
const MOST = Number.MAX_SAFE_INTEGER

/** Settings for the transfers that follow. */
export const settings: Commands = {
  TYPE: { run: type, takes: 'A or I', keeps: true },
  MODE: { run: (_, mode) => only('MODE', 'S', mode), takes: 'S', keeps: true },
  STRU: { run: (_, structure) => only('STRU', 'F', structure), takes: 'F', keeps: true },
  REST: { run: rest, keeps: true },
  ALLO: { run: allo, keeps: true },
  OPTS: { run: opts, takes: 'an option', isOpen: true, keeps: true },
}

async function type(session: Session, argument: string): Promise<Reply> {
  const wanted = argument.toUpperCase()
  if (!/^(A|A N|I|L 8|L8)$/.test(wanted)) throw new Refusal(504, 'use TYPE I or TYPE A')
  session.isText = wanted.startsWith('A')
  return {
    code: 200,
    text: session.isText ? 'type is ASCII: lines are converted' : 'type is image: bytes are sent as they are',
  }
}

async function only(name: string, supported: string, argument: string): Promise<Reply> {
  if (argument.toUpperCase() !== supported) throw new Refusal(504, `use ${name} ${supported}`)
  return { code: 200, text: `${name} is ${supported}` }
}

async function rest(session: Session, argument: string): Promise<Reply> {
  const offset = countOf('REST', argument)
  requireImage(session, offset)
  session.restart = offset
  return { code: 350, text: `the next RETR or STOR begins at ${session.restart}` }
}

/** In a text, offsets on the wire and in the file differ. @throws Refusal 501 */
export function requireImage({ isText }: Session, offset: number): void {
  if (isText && offset > 0) throw new Refusal(501, 'offsets need TYPE I')
}

async function allo(session: Session, argument: string): Promise<Reply> {
  const size = countOf('ALLO', argument.replace(/ R \d+$/i, ''))
  // Clients that do not know the size send 0.
  session.announced = size === 0 ? undefined : size
  return { code: 200, text: size === 0 ? 'nothing to do' : `the next upload has to have ${size} bytes` }
}

function countOf(name: string, argument: string): number {
  const count = /^\d{1,16}$/.test(argument) ? Number(argument) : Number.NaN
  if (!(count <= MOST)) throw new Refusal(501, `${name} takes a number of bytes`)
  return count
}

async function opts(_: Session, argument: string): Promise<Reply> {
  const wanted = argument.toUpperCase()
  if (/^UTF-?8( ON| NLST)?$/.test(wanted)) return { code: 200, text: 'names are always UTF-8' }
  if (/^HASH( MD5)?$/.test(wanted)) return { code: 200, text: 'MD5' }
  if (/^MLST( |$)/.test(wanted))
    return { code: 200, text: `MLST OPTS ${FACTS.map((fact) => `${fact};`).join('')}` }
  throw new Refusal(501, 'there is no such option')
}
