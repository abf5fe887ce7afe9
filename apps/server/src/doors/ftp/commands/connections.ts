import net from 'node:net'
import { withoutMapping } from '../../../guards/source-address.ts'
import { Active } from '../data/active.ts'
import { Passive } from '../data/passive.ts'
import type { Session } from '../session/session.ts'
import { type Address, formatPassive, ownAddress, parseExtendedPort, parsePort } from '../wire/address.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** Agreements on the next data connection. */
export const connections: Commands = {
  PASV: { run: pasv, keeps: true },
  EPSV: { run: epsv, keeps: true },
  PORT: { run: (session, argument) => port(session, 'PORT', argument, parsePort), keeps: true },
  EPRT: { run: (session, argument) => port(session, 'EPRT', argument, parseExtendedPort), keeps: true },
}

async function pasv(session: Session): Promise<Reply> {
  requireNotExtended(session)
  const local = withoutMapping(session.control.local)
  if (!net.isIPv4(local)) throw new Refusal(522, 'use EPSV over IPv6')
  const passive = await listen(session)
  const host = session.options.address ?? local
  return { code: 227, text: `entering passive mode (${formatPassive(host, passive.port)})` }
}

async function epsv(session: Session, argument: string): Promise<Reply> {
  const local = withoutMapping(session.control.local)
  const own = net.isIPv4(local) ? '1' : '2'
  const wanted = argument.toUpperCase()
  if (wanted === 'ALL') {
    session.isExtendedOnly = true
    return { code: 200, text: 'from now on, only EPSV' }
  }
  if (wanted !== '' && !/^\d{1,3}$/.test(wanted)) throw new Refusal(501, 'EPSV takes 1, 2 or ALL')
  if (wanted !== '' && wanted !== own) throw new Refusal(522, `network protocol not supported, use (${own})`)
  const passive = await listen(session)
  return { code: 229, text: `entering extended passive mode (|||${passive.port}|)` }
}

async function listen(session: Session): Promise<Passive> {
  // An earlier one gives its port back first.
  session.data = undefined
  const passive = await Passive.listen({
    host: withoutMapping(session.control.local),
    peer: session.peer.address,
    range: session.options.passive,
  })
  session.data = passive
  return passive
}

async function port(
  session: Session,
  name: string,
  argument: string,
  parse: (argument: string) => Address,
): Promise<Reply> {
  requireNotExtended(session)
  const address = ownAddress(parse(argument), session.peer.address)
  session.data = new Active(address, withoutMapping(session.control.local))
  return { code: 200, text: `${name} accepted` }
}

/** @throws Refusal 501 */
function requireNotExtended({ isExtendedOnly }: Session): void {
  if (isExtendedOnly) throw new Refusal(501, 'after EPSV ALL, only EPSV is allowed')
}
