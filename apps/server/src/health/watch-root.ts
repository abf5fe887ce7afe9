import fs from 'node:fs'
import type { Health } from './health.ts'

const LOOK_EVERY_MS = 2_000

/**
 * Checks at intervals whether the served folder is still at its path. Handler threads hold the folder open,
 * so if it is moved or replaced, they continue to serve the old one, possibly without anybody noticing.
 * Disposing of the result ends the checks.
 */
export function watchRoot(root: string, health: Pick<Health, 'suffers' | 'recovers'>): Disposable {
  const identify = ({ dev, ino }: fs.BigIntStats): string => `${dev} ${ino}`
  const served = identify(fs.statSync(root, { bigint: true }))
  const look = (): void =>
    fs.stat(root, { bigint: true }, (error, stats) => {
      if (error === null && identify(stats) === served) return health.recovers('root')
      const what = error === null ? `"${root}" is another folder now` : `"${root}": ${error.message}`
      health.suffers('root', `${what}; the old one is served until the server is started again`)
    })
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
