import { hash } from 'node:crypto'
import { md5sOf } from './md5s-of.ts'

/** Up to this size, hashing a message alone is as fast as beside others. */
const SHORT = 8_192

let waiting: { readonly bytes: Uint8Array; readonly resolve: (md5: string) => void }[] = []

/** The MD5 of a message, in hex. Long ones of one turn of the event loop are hashed side by side, at its end. */
export async function md5Of(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= SHORT) return hash('md5', bytes, 'hex')
  return await new Promise((resolve) => {
    if (waiting.push({ bytes, resolve }) === 1) setImmediate(hashAll)
  })
}

function hashAll(): void {
  const messages = waiting
  waiting = []
  const md5s = md5sOf(messages.map(({ bytes }) => bytes))
  for (const [index, { resolve }] of messages.entries())
    resolve(Buffer.from(md5s[index] ?? []).toString('hex'))
}
