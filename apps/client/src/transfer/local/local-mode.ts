import type { Entry } from '@ftp/protocol'

/** Read once, because reading it takes a system call or two. */
const UMASK = process.umask()

/** What decides about permission bits besides the entry: by default, those of this process. */
interface Here {
  readonly platform?: NodeJS.Platform
  readonly umask?: number
}

/**
 * The permission bits that an entry from the server should have here: its own without those that the umask removes;
 * the owner of a directory keeps access to it in any case. Undefined if one of the two file systems has none.
 */
export function localModeOf(
  { type, mode }: Pick<Entry, 'type' | 'mode'>,
  { platform = process.platform, umask = UMASK }: Here = {},
): number | undefined {
  if (mode === undefined || platform === 'win32') return undefined
  return (type === 'directory' ? mode | 0o700 : mode) & ~umask
}

/** The permission bits of a new file: as {@link localModeOf}, or the usual ones if the server has none. */
export function newFileMode({ mode = 0o666 }: Pick<Entry, 'mode'>, here?: Here): number | undefined {
  return localModeOf({ type: 'file', mode }, here)
}
