import { type Entry, TransferError } from '@ftp/protocol'
import type { Ignore } from 'ignore'
import type { Fits, Named } from './globs.ts'
import { foldersAbove, PathList } from './path-list.ts'

/** Which part of a tree is meant. An absent option is no limit; a file has to satisfy all that are given. */
export interface SelectionOptions {
  /** Globs: only files that match one, or are in a directory that does. */
  readonly include?: readonly string[] | undefined
  /** Globs: nothing that matches one, nor what is in a directory that does. */
  readonly exclude?: readonly string[] | undefined
  /** Patterns in the syntax of .gitignore, one a line: nothing that they ignore. */
  readonly ignore?: string | undefined
  /** Paths below the root: only these files, and these directories with everything in them. */
  readonly only?: readonly string[] | undefined
  /** In bytes, inclusive. */
  readonly minSize?: number | undefined
  readonly maxSize?: number | undefined
  /** When a file was last changed, inclusive: milliseconds since 1970. */
  readonly newerThan?: number | undefined
  readonly olderThan?: number | undefined
}

/** What an option is called where its mistakes are shown. */
export type OptionName = (option: keyof SelectionOptions) => string

interface Limits {
  readonly ignored: Ignore | undefined
  readonly list: PathList | undefined
  readonly excluded: Fits | undefined
  readonly included: Fits | undefined
}

/** Which part of a tree is meant. */
export class Selection {
  readonly nameOf: OptionName
  readonly #options: SelectionOptions
  readonly #excluded: Fits | undefined
  readonly #ignored: Ignore | undefined
  readonly #included: Fits | undefined
  readonly #list: PathList | undefined
  readonly #takesAll: boolean
  /** The last directory that was asked about, and whether it is included: many files of one come together. */
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

  /** @throws TransferError `usage` for what makes no sense */
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

  /** Whether all of a tree is meant. */
  get takesAll(): boolean {
    return this.#takesAll
  }

  /** Whether it may take part, as far as its name tells. A directory that may not is not looked into. */
  mayTake(entry: Named): boolean {
    if (this.#isExcluded(entry)) return false
    if (this.#list === undefined) return true
    return this.#list.has(entry) || (entry.type === 'directory' && this.#list.leadsTo(entry.name))
  }

  /**
   * Whether something that may take part does. Of a directory: for its own sake, not only for what is in it. Where
   * only some files are meant, no directory is.
   */
  takes(entry: Entry): boolean {
    if (this.#list !== undefined && !this.#list.has(entry)) return false
    if (entry.type === 'directory') return this.#included === undefined && this.#isAnyFile
    return this.#isIncluded(entry) && (entry.type !== 'file' || this.#hasSizeAndTime(entry))
  }

  /** Paths of `only` that were nowhere. To be asked when everything has been seen. */
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

/** Patterns as .gitignore has them. */
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
  return new TransferError('usage', `no file is ${one} and ${other}`)
}
