import { inSlices } from '../../slices/slices.ts'
import type { ChosenItem } from '../queue/upload.ts'

/**
 * Asks for the size of each file. The first time, the browser has to look at the disk, and the page cannot do anything
 * else meanwhile; so this is done a few files at a time.
 * @returns the same items
 */
export async function measureSizes(items: readonly ChosenItem[]): Promise<readonly ChosenItem[]> {
  const rest = inSlices()
  for (const { file } of items) {
    file?.size
    await rest()
  }
  return items
}
