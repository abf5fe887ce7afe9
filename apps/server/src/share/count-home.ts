import { setImmediate } from 'node:timers/promises'
import { HOME, parsePath } from '@ftp/protocol'
import { measure, type Usage } from './measure.ts'
import type { Share } from './share.ts'

/** Counts that changes may spoil, before one is taken that is not exact. */
const TRIES = 3

export interface HomeCount extends Usage {
  /** False if files came or went meanwhile: what is known is the most that the home can hold. */
  readonly isExact: boolean
}

/**
 * Counts what a home holds, while others go on changing it.
 * @param whole the storage of all homes
 */
export async function countHome(
  { quotas, uploads, storage: whole }: Pick<Share, 'quotas' | 'uploads' | 'storage'>,
  home: string,
): Promise<HomeCount> {
  uploads.check(home)
  const storage = whole.below(parsePath(home))
  for (let tries = 1; ; tries++) {
    const changes = quotas.beginCount(home)
    const counting = measure(storage, HOME)
    let step = counting.next()
    for (; !step.done; step = counting.next()) await setImmediate()
    if (quotas.counted(home, step.value, changes)) return { ...step.value, isExact: true }
    if (tries < TRIES) continue
    quotas.countedAtMost(home, step.value)
    return { ...step.value, isExact: false }
  }
}
