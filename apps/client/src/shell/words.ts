import { TransferError } from '@ftp/protocol'

/** One word of a line. */
export interface Word {
  /** Without quotes and backslashes. */
  readonly text: string
  /** The same as a pattern, if it has an unquoted `*`, `?` or `[`; there a backslash makes any character itself. */
  readonly pattern: string | undefined
}

/** A line as it was typed. */
export interface Line {
  readonly words: readonly Word[]
  /** It ends in `&`: nobody waits for it. */
  readonly background: boolean
  /** It begins with `-`: a script goes on when it fails. */
  readonly mayFail: boolean
}

const TOKEN =
  /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>(?:\\.|[^"\\])*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\]+)|(?<open>.)/gsu

/**
 * Splits a line as a POSIX shell would: `'…'` keeps everything, `"…"` all but `\"` and `\\`, a backslash the next
 * character, `#` begins a comment.
 * @throws TransferError `bad_request` for a quote that is not closed
 */
export function parseLine(line: string): Line {
  const [, minus = '', rest = ''] = /^\s*(-?)\s*(.*)$/s.exec(line) ?? []
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
  for (const { groups = {} } of rest.matchAll(TOKEN)) {
    const { space, plain, open, single, double, escaped } = groups
    if (open !== undefined)
      throw new TransferError('bad_request', `what does this ${open} begin? Close it, or put a \\ before it`)
    if (plain?.startsWith('#') && word === undefined) break
    if (space !== undefined) end()
    else if (plain !== undefined) {
      const name = plain.replace(/&$/, '')
      if (name !== '') add(name, name)
      background = name !== plain
    } else {
      const text = single ?? escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? ''
      add(text, literal(text))
    }
  }
  end()
  return { words, background, mayFail: minus !== '' }
}

/** Whether a name fits a pattern: `*` is any characters, `?` one, `[a-z]` and `[!a-z]` one of some. */
export function matches(name: string, pattern: string): boolean {
  // As everywhere, hidden names want to be asked for.
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const source = pattern.replace(/\\(.)|\[(!?)([^\]]+)\]|\*|\?|[^\w\s]/gsu, (part, escaped, not, set) => {
    if (escaped !== undefined) return RegExp.escape(escaped)
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\[\]^]/g, '\\$&')}]`
    return part === '*' ? '.*' : part === '?' ? '.' : RegExp.escape(part)
  })
  return new RegExp(`^${source}$`, 'su').test(name)
}

/** A pattern that only this text fits, and a word that is this text. */
export function literal(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&')
}
