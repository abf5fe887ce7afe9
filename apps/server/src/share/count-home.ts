import { setImmediate } from 'node:timers/promises'
import { HOME, parsePath } from '@ftp/protocol'
import { measure, type Usage } from './measure.ts'
import type { Share } from './share.ts'

/** The maximum number of attempts at an exact count. If changes spoil them all, an upper bound is used. */
const TRIES = 3

/** The usage of a home that others may have changed during the count. */
export interface HomeCount extends Usage {
  /**
   * False if files were added or removed during the count: the figures are then an upper bound for the home.
   */
  readonly isExact: boolean
}

/**
 * Counts what a home contains while others may be changing it.
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
