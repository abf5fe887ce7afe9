import { type Entry, TransferError } from '@ftp/protocol'
import type { Ignore } from 'ignore'
import type { Fits, Named } from './globs.ts'
import { foldersAbove, PathList } from './path-list.ts'

/** Which part of a tree is meant, as a person says it. Absent is no limit. */
export interface SelectionOptions {
  /** Globs: only files that fit one, or are in a directory that does. */
  readonly include?: readonly string[]
  /** Globs: nothing that fits one, nor what is in a directory that does. */
  readonly exclude?: readonly string[]
  /** A file with patterns as .gitignore has them. */
  readonly excludeFrom?: string
  /** A file with the paths that are meant. */
  readonly filesFrom?: string
  /** They are separated by NUL. */
  readonly null?: boolean
  /** Bytes. */
  readonly minSize?: number
  readonly maxSize?: number
  /** Milliseconds since 1970. */
  readonly newerThan?: number
  readonly olderThan?: number
}

/** Reads a file that an option names, as a text. */
export type ReadText = (file: string) => Promise<string>

/** Which part of a tree is meant. */
export class Selection {
  readonly #options: SelectionOptions
  readonly #excluded: Fits | undefined
  readonly #ignored: Ignore | undefined
  readonly #included: Fits | undefined
  readonly #list: PathList | undefined
  readonly #takesAll: boolean
  /** The last directory that was asked about, and whether it is included: many files of one come together. */
  #last = { folder: '', isIncluded: false }

  private constructor(
    options: SelectionOptions,
    ignored: Ignore | undefined,
    list: PathList | undefined,
    excluded: Fits | undefined,
    included: Fits | undefined,
  ) {
    this.#options = options
    this.#ignored = ignored
    this.#list = list
    this.#excluded = excluded
    this.#included = included
    const limits = [ignored, list, excluded, included]
    this.#takesAll = this.#isAnyFile && limits.every((limit) => limit === undefined)
  }

  /** @throws TransferError for what cannot be read or makes no sense */
  static async of(options: SelectionOptions, readText: ReadText): Promise<Selection> {
    const { excludeFrom, filesFrom, minSize = 0, maxSize = Number.POSITIVE_INFINITY } = options
    if (options.null && filesFrom === undefined)
      throw new TransferError(
        'bad_request',
        '--null says how --files-from is written; add that, or leave it out',
      )
    if (minSize > maxSize) throw new TransferError('bad_request', 'no file is --min-size and --max-size')
    const { newerThan = Number.NEGATIVE_INFINITY, olderThan = Number.POSITIVE_INFINITY } = options
    if (newerThan > olderThan)
      throw new TransferError('bad_request', 'no file is --newer-than and --older-than')
    const ignored = excludeFrom === undefined ? undefined : await toIgnore(await readText(excludeFrom))
    const list =
      filesFrom === undefined ? undefined : new PathList(await readText(filesFrom), options.null ?? false)
    const excluded = await toFits(options.exclude, '--exclude')
    return new Selection(options, ignored, list, excluded, await toFits(options.include, '--include'))
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

  /** Paths that --files-from names and that were nowhere. To be asked when everything has been seen. */
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

async function toFits(globs: readonly string[] | undefined, option: string): Promise<Fits | undefined> {
  return globs && (await import('./globs.ts')).toGlobs(globs, option)
}
