import { Writable } from 'node:stream'

/** A stream that takes nothing, as standard output does on a full disk (`ENOSPC`) or without a reader (`EPIPE`). */
export function failing(errno: string): Writable {
  const error = Object.assign(new Error(`write ${errno}`), { code: errno })
  return new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(error) })
}
