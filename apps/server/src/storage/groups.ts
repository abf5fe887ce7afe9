import type { RemotePath } from '@ftp/protocol'

/** Files that are worked on at once. */
export interface Group<T> {
  readonly files: readonly T[]
  /** How many descriptors they and their directories take, at most. */
  readonly descriptors: number
}

/**
 * Cuts a list of files into groups, in their order, each of which may be open at once.
 * @param most descriptors for one group, at least 2
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

/** Whether both are in one directory. */
export function isBeside(path: RemotePath, other: RemotePath): boolean {
  return (
    path.length === other.length && path.every((name, at) => at === path.length - 1 || name === other[at])
  )
}
