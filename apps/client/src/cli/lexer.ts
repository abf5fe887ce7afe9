import { TransferError } from '@ftp/protocol'

/** One word of a line. */
export interface Word {
  /** The word without quotes and backslashes. */
  readonly text: string
  /**
   * The word as a pattern for picomatch, in which a backslash makes any character literal; undefined if it
   * has no unquoted `*`, `?` or `[`.
   */
  readonly pattern: string | undefined
}

const POSIX =
  /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>(?:\\.|[^"\\])*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\]+)|(?<open>.)/gsu

/** On Windows, a backslash separates the names of a path, and quotes nothing. */
const WINDOWS = /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<plain>[^\s'"]+)|(?<open>.)/gsu

function tokensOf(line: string, platform: NodeJS.Platform): Iterable<RegExpMatchArray> {
  return line.matchAll(platform === 'win32' ? WINDOWS : POSIX)
}

/**
 * Splits a line as a POSIX shell would: `'…'` quotes everything, `"…"` everything but `\"` and `\\`, and a
 * backslash the next character; `#` starts a comment. On Windows, a backslash is a character like others.
 * @returns `background`: whether the line ends in `&`
 * @throws TransferError `usage` if a quote is not closed
 */
export function splitWords(
  line: string,
  platform = process.platform,
): { readonly words: readonly Word[]; readonly background: boolean } {
  const words: Word[] = []
  let word: { text: string; pattern: string } | undefined
  let background = false
  const end = (): void => {
    if (word === undefined) return
    const isPattern = /(?<!\\)(?:\\\\)*[*?[]/.test(word.pattern)
    words.push({ text: word.text, pattern: isPattern ? word.pattern : undefined })
    word = undefined
  }
  const add = (text: string, pattern: string): void => {
    word = { text: (word?.text ?? '') + text, pattern: (word?.pattern ?? '') + pattern }
    background = false
  }
  const isWindows = platform === 'win32'
  for (const { groups = {} } of tokensOf(line, platform)) {
    const { space, plain, open, single, double, escaped } = groups
    if (open !== undefined)
      throw new TransferError('usage', `this ${open} is not closed; close it, or put a \\ before it`)
    if (plain?.startsWith('#') && word === undefined) break
    if (space !== undefined) end()
    else if (plain !== undefined) {
      const name = plain.replace(/&$/, '')
      if (name !== '') add(name, withoutSyntax(isWindows ? name.replaceAll('\\', '/') : name))
      background = name !== plain
    } else {
      const unescaped = isWindows ? double : double?.replace(/\\(["\\])/g, '$1')
      const text = single ?? escaped ?? unescaped ?? ''
      add(text, literal(text))
    }
  }
  end()
  return { words, background }
}

/** A pattern that matches only this text; as a word, it is this text. */
export function literal(text: string): string {
  return withoutSyntax(text.replace(/[\\*?[\]]/g, '\\$&'))
}

/** Escapes the characters that have a meaning only in other kinds of patterns. */
function withoutSyntax(text: string): string {
  return text.replace(/[(){}|+^$]/g, '\\$&')
}

/**
 * Splits a line before the word that is being typed at its end: the text before that word, and the word with
 * and without its quotes.
 */
export function unfinished(
  line: string,
  platform = process.platform,
): { readonly before: string; readonly raw: string; readonly current: string } {
  let start = 0
  for (const { index = 0, groups = {} } of tokensOf(line, platform)) {
    if (groups.space !== undefined) start = index + groups.space.length
    // The quote is open: everything after it belongs to the word.
    if (groups.open !== undefined) {
      const raw = line.slice(start)
      const current =
        (splitWords(line.slice(start, index), platform).words[0]?.text ?? '') + line.slice(index + 1)
      return { before: line.slice(0, start), raw, current }
    }
  }
  const raw = line.slice(start)
  return { before: line.slice(0, start), raw, current: splitWords(raw, platform).words[0]?.text ?? '' }
}
