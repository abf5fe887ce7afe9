import type { RemotePath } from '@ftp/protocol'

/** Files that are processed at the same time. */
export interface Group<T> {
  readonly files: readonly T[]
  /** The maximum number of descriptors that these files and their directories need. */
  readonly descriptors: number
}

/**
 * Divides a list of files, in order, into groups whose files may all be open at the same time.
 * @param most the maximum number of descriptors for one group, at least 2
 */
export function* groupsOf<T>(
  files: readonly T[],
  pathOf: (file: T) => RemotePath,
  most: number,
): Generator<Group<T>, void> {
  let group: T[] = []
  let descriptors = 0
  for (const file of files) {
    const last = group.at(-1)
    const takes = last !== undefined && isBeside(pathOf(file), pathOf(last)) ? 1 : 2
    if (descriptors + takes > most) {
      yield { files: group, descriptors }
      group = []
      descriptors = 0
    }
    descriptors += group.length === 0 ? 2 : takes
    group.push(file)
  }
  if (group.length > 0) yield { files: group, descriptors }
}

/** Whether both paths are in the same directory. */
export function isBeside(path: RemotePath, other: RemotePath): boolean {
  return (
    path.length === other.length && path.every((name, at) => at === path.length - 1 || name === other[at])
  )
}
