import { type Entry, TransferError } from '@ftp/protocol'
import type { Ignore } from 'ignore'
import type { Fits, Named } from './globs.ts'
import { foldersAbove, PathList } from './path-list.ts'

/** Selects part of a tree. An absent option sets no limit, and a file must satisfy all that are given. */
export interface SelectionOptions {
  /** Globs. Only files that match one of them, or are in a directory that does, are selected. */
  readonly include?: readonly string[] | undefined
  /** Globs. Anything that matches one of them, or is in a directory that does, is left out. */
  readonly exclude?: readonly string[] | undefined
  /** Patterns in the syntax of .gitignore, one per line. Anything they ignore is left out. */
  readonly ignore?: string | undefined
  /** Paths below the root. Only these files, and these directories with everything in them, are selected. */
  readonly only?: readonly string[] | undefined
  /** In bytes, inclusive. */
  readonly minSize?: number | undefined
  /** In bytes, inclusive. */
  readonly maxSize?: number | undefined
  /** When a file was last changed, inclusive, in milliseconds since 1970. */
  readonly newerThan?: number | undefined
  /** When a file was last changed, inclusive, in milliseconds since 1970. */
  readonly olderThan?: number | undefined
}

/** The name of an option in error messages. */
export type OptionName = (option: keyof SelectionOptions) => string

interface Limits {
  readonly ignored: Ignore | undefined
  readonly list: PathList | undefined
  readonly excluded: Fits | undefined
  readonly included: Fits | undefined
}

/** Decides which part of a tree is selected. */
export class Selection {
  readonly nameOf: OptionName
  readonly #options: SelectionOptions
  readonly #excluded: Fits | undefined
  readonly #ignored: Ignore | undefined
  readonly #included: Fits | undefined
  readonly #list: PathList | undefined
  readonly #takesAll: boolean
  /**
   * The last directory that was asked about, and whether it is included: many files of one directory usually
   * come one after another.
   */
  #last = { folder: '', isIncluded: false }

  private constructor(options: SelectionOptions, nameOf: OptionName, limits: Limits) {
    this.#options = options
    this.nameOf = nameOf
    this.#ignored = limits.ignored
    this.#list = limits.list
    this.#excluded = limits.excluded
    this.#included = limits.included
    this.#takesAll = this.#isAnyFile && Object.values(limits).every((limit) => limit === undefined)
  }

  /** @throws TransferError `usage` if the options are invalid or contradict each other */
  static async of(options: SelectionOptions, nameOf: OptionName = (option) => option): Promise<Selection> {
    const { include, exclude, ignore, only, minSize = 0, maxSize = Number.POSITIVE_INFINITY } = options
    if (minSize > maxSize) throw contradiction(nameOf('minSize'), nameOf('maxSize'))
    const { newerThan = Number.NEGATIVE_INFINITY, olderThan = Number.POSITIVE_INFINITY } = options
    if (newerThan > olderThan) throw contradiction(nameOf('newerThan'), nameOf('olderThan'))
    return new Selection(options, nameOf, {
      ignored: ignore === undefined ? undefined : await toIgnore(ignore),
      list: only && new PathList(only, nameOf('only')),
      excluded: await toFits(exclude, 'exclude', nameOf),
      included: await toFits(include, 'include', nameOf),
    })
  }

  /** Whether the whole tree is selected. */
  get takesAll(): boolean {
    return this.#takesAll
  }

  /** Whether an entry may be selected, judging by its name. A directory that may not is not read. */
  mayTake(entry: Named): boolean {
    if (this.#isExcluded(entry)) return false
    if (this.#list === undefined) return true
    return this.#list.has(entry) || (entry.type === 'directory' && this.#list.leadsTo(entry.name))
  }

  /**
   * Whether an entry that may be selected is. A directory is selected for its own sake, not only for what is
   * in it; if only some files are selected, no directory is.
   */
  takes(entry: Entry): boolean {
    if (this.#list !== undefined && !this.#list.has(entry)) return false
    if (entry.type === 'directory') return this.#included === undefined && this.#isAnyFile
    return this.#isIncluded(entry) && (entry.type !== 'file' || this.#hasSizeAndTime(entry))
  }

  /** The paths of `only` that were not found. Meaningful once everything has been seen. */
  get missing(): string[] {
    const isExcluded = (name: string): boolean =>
      this.#isExcluded({ name, type: 'file' }) ||
      foldersAbove(name).some((folder) => this.#isExcluded({ name: folder, type: 'directory' }))
    return (this.#list?.unseen ?? []).filter((name) => !isExcluded(name))
  }

  #isExcluded(entry: Named): boolean {
    if (this.#excluded?.(entry)) return true
    return this.#ignored?.ignores(entry.type === 'directory' ? `${entry.name}/` : entry.name) ?? false
  }

  #isIncluded(entry: Named): boolean {
    if (this.#included === undefined || this.#included(entry)) return true
    const folder = entry.name.slice(0, Math.max(0, entry.name.lastIndexOf('/')))
    if (folder !== this.#last.folder) {
      const above = [...foldersAbove(folder), folder]
      const isIncluded = above.some((name) => this.#included?.({ name, type: 'directory' }))
      this.#last = { folder, isIncluded }
    }
    return this.#last.isIncluded
  }

  get #isAnyFile(): boolean {
    const { minSize, maxSize, newerThan, olderThan } = this.#options
    return [minSize, maxSize, newerThan, olderThan].every((limit) => limit === undefined)
  }

  #hasSizeAndTime({ size, mtime }: Entry): boolean {
    const { minSize = 0, maxSize = Number.POSITIVE_INFINITY } = this.#options
    const { newerThan = Number.NEGATIVE_INFINITY, olderThan = Number.POSITIVE_INFINITY } = this.#options
    const time = mtime / 1000
    return size >= minSize && size <= maxSize && time >= newerThan && time <= olderThan
  }
}

/** Compiles patterns in the syntax of .gitignore. */
async function toIgnore(text: string): Promise<Ignore> {
  const { default: ignore } = await import('ignore')
  return ignore().add(text)
}

async function toFits(
  globs: readonly string[] | undefined,
  option: 'include' | 'exclude',
  nameOf: OptionName,
): Promise<Fits | undefined> {
  return globs && (await import('./globs.ts')).toGlobs(globs, nameOf(option), nameOf('ignore'))
}

function contradiction(one: string, other: string): TransferError {
  return new TransferError('usage', `no file can match both ${one} and ${other}`)
}
