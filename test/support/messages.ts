import { type ClientMessage, LIMITS } from '@ftp/protocol'
import { chainOf, content, hex } from './chain.ts'

export type MessageType = ClientMessage['type']

const MD5 = '5d41402abc4b2a76b9719d911017c592'
const HELLO = Buffer.from('hello')
const BLOCK = content(LIMITS.payload)

/** One message of each type, without its id, that would be valid in some state. The server has a file `f`. */
export const MESSAGES: Readonly<
  Record<MessageType, { readonly payload?: Uint8Array; readonly [field: string]: unknown }>
> = {
  hello: { versions: [1], client: 'again' },
  login: { mechanism: 'ANONYMOUS' },
  response: { message: 'c=biws,r=nobody,p=AAAA' },
  get: { path: 'f' },
  follow: { path: 'f' },
  put: { path: 'put', length: 5, md5: MD5, ifExists: 'replace', payload: HELLO },
  mget: { paths: ['f'] },
  mput: { files: [{ path: 'put', length: 5, md5: MD5 }], ifExists: 'replace', payload: HELLO },
  list: { path: '' },
  stat: { path: 'f' },
  digest: { path: 'f' },
  mkdir: { path: 'made', parents: true },
  setstat: { path: 'f', mode: 0o600 },
  remove: { path: 'put' },
  move: { path: 'f', to: 'f', ifExists: 'replace' },
  copy: { path: 'f', to: 'copied', ifExists: 'replace' },
  usage: { path: '' },
  uploads: {},
  discard: { path: 'f', key: '0'.repeat(32) },
  // With a number of iterations that no server takes, so that no account gets another password by it.
  passwd: {
    salt: '0'.repeat(32),
    iterations: 600_001,
    storedKey: '0'.repeat(64),
    serverKey: '0'.repeat(64),
  },
  shares: {},
  unshare: { link: 'none' },
  tokens: {},
  revoke: { name: 'none' },
  // Refused, so that nothing is made by it.
  share: { path: 'f', access: 'read', mostUses: 0 },
  token: { name: '' },
  ping: {},
  data: { offset: 0, md5: hex(chainOf(BLOCK)[0] ?? BLOCK), payload: BLOCK },
  chain: { offset: 0, last: true },
  ack: { offset: 0 },
  cancel: {},
}
