import type { Send } from './upload-client.ts'

/**
 * Lets the first request go ahead, and the others when it is answered: its answer may bring a cookie with which they
 * count as the same use of a link.
 */
export function firstAlone(send: Send): Send {
  let first: Promise<unknown> | undefined
  return async (target, init) => {
    if (first !== undefined) {
      await first
      return await send(target, init)
    }
    const sent = send(target, init)
    first = sent.catch(() => {
      first = undefined
    })
    return await sent
  }
}
