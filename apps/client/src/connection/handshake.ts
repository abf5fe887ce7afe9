import {
  type AccountInfo,
  ANONYMOUS_MECHANISM,
  PROTOCOL_VERSION,
  ScramClient,
  type ScramLogin,
  scramMechanism,
  TransferError,
  VERSION,
} from '@ftp/protocol'
import type { Exchange, NewRequest } from './exchange.ts'
import { type Address, formatAddress } from './socket.ts'

/**
 * Begins a conversation: sends `hello`, then logs in.
 * @param login undefined for `anonymous`
 * @param address the server as messages name it, and
 *   `binding`: the `tls-exporter` data of the channel (RFC 9266); undefined in plaintext
 * @throws TransferError `login` if the server refuses the login or cannot prove that it knows the account
 */
export async function handshake(
  request: (request: NewRequest) => Exchange,
  login: ScramLogin | undefined,
  { binding, ...address }: Address & { readonly binding: Uint8Array | undefined },
): Promise<AccountInfo> {
  const hello = request({ type: 'hello', versions: [PROTOCOL_VERSION], client: `ftp-client/${VERSION}` })
  const { mechanisms } = (await hello.expect('welcome')).reply
  // Over TLS, only the mechanism with channel binding is accepted, whatever the server offers: any other
  // could be relayed.
  const mechanism = login === undefined ? ANONYMOUS_MECHANISM : scramMechanism(binding !== undefined)
  if (!mechanisms.includes(mechanism)) throw notOffered(login, address)
  if (login === undefined)
    return (await request({ type: 'login', mechanism }).expect('accepted')).reply.account

  const scram = new ScramClient(login, binding)
  const exchange = request({ type: 'login', mechanism, message: scram.first() })
  const { reply: challenge } = await exchange.expect('challenge')
  await exchange.send({ type: 'response', message: await scram.final(challenge.message) })
  const { reply: accepted } = await exchange.expect('accepted')
  scram.verify(accepted.message)
  return accepted.account
}

function notOffered(login: ScramLogin | undefined, address: Address): TransferError {
  return new TransferError(
    'login',
    login === undefined
      ? `the server admits users with an account only; log in with: ftp-client login <user>@${formatAddress(address)}`
      : 'the server offers no safe way to log in, so the password was not used',
  )
}

/** Explains the failure of a server that ended the conversation before it began. */
export function explainSilence(error: unknown, { host, port }: Address): TransferError {
  const failure = TransferError.from(error)
  const where = `${host}, port ${port}`
  if (failure.code === 'protocol')
    return new TransferError('protocol', `${where} answers, but not as an ftp-server; check the port`, {
      cause: error,
    })
  if (failure.code === 'lost')
    return new TransferError(
      'lost',
      `${where} closed the connection at once; try again in some seconds, in case it takes no more connections at the moment. Otherwise, check that it is an ftp-server and serves in plaintext`,
      { cause: error },
    )
  return failure
}
