import type { Reply } from '@ftp/protocol'
import { RawClient } from './raw-client.ts'
import type { ServedFolder } from './served-folder.ts'

/** The course of an attempt to log in. */
export interface Attempt {
  readonly replies: readonly Reply[]
  /** The milliseconds from the login to the challenge, and from the response to the refusal. */
  readonly ms: readonly [number, number]
}

/** Makes a whole attempt in plaintext, with a wrong proof. */
export async function attemptLogin({ server }: ServedFolder, name: string): Promise<Attempt> {
  await using client = await RawClient.connect(server)
  client.hello()
  await client.take('welcome')
  const began = performance.now()
  client.request({ type: 'login', mechanism: 'SCRAM-SHA-256', message: `n,,n=${name},r=0123456789abcdef` })
  const { reply } = await client.take('challenge')
  const challenged = performance.now()
  const nonce = /r=([^,]*)/.exec(reply.message)?.[1]
  const proof = Buffer.alloc(32, 1).toString('base64')
  client.send({ id: 2, type: 'response', message: `c=biws,r=${nonce},p=${proof}` })
  const error = await client.take('error')
  const ms = [challenged - began, performance.now() - challenged] as const
  return { replies: [reply, error.reply, ...(await client.rest()).map((received) => received.reply)], ms }
}
