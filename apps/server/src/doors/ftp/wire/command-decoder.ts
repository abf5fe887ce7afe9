/** The maximum number of bytes of a command with its argument. */
const LONGEST = 4_096

/** Bytes of the Telnet protocol, which the control connection of FTP is based on (RFC 854). */
const [CR, LF, IAC] = [0x0d, 0x0a, 0xff]
/** The Telnet commands that are followed by an option. */
const [WILL, DONT] = [0xfb, 0xfe]
/** The first Telnet command. What follows an IAC and is smaller is no command, for example after urgent data. */
const FIRST_TELNET = 0xf0

/** One line that a client has sent. */
export interface Command {
  /** In upper case. */
  readonly name: string
  readonly argument: string
}

/** Why a line is not a command. */
export type BadLine =
  /** It contains a CR, a NUL or bytes that are not UTF-8: no name can contain them. */
  | 'characters'
  /** It is longer than any command, so the rest of it cannot be told from the next one. */
  | 'length'

/** Splits what a client sends into commands. */
export class CommandDecoder {
  #line: number[] = []
  /** What the previous bytes have begun. */
  #telnet: 'none' | 'command' | 'option' = 'none'

  /** Whether a line has begun. */
  get isInLine(): boolean {
    return this.#line.length > 0 || this.#telnet !== 'none'
  }

  /** The lines that are complete now. Nothing follows a line that is too long. */
  push(chunk: Uint8Array): (Command | BadLine)[] {
    const lines: (Command | BadLine)[] = []
    for (const byte of chunk) {
      if (this.#isTelnet(byte)) continue
      if (byte === LF) {
        lines.push(parse(this.#line))
        this.#line = []
      } else if (this.#line.push(byte) > LONGEST) return [...lines, 'length']
    }
    return lines
  }

  /** Telnet commands, such as those before an ABOR, are skipped; a doubled IAC is a byte of the line. */
  #isTelnet(byte: number): boolean {
    switch (this.#telnet) {
      case 'none':
        if (byte !== IAC) return false
        this.#telnet = 'command'
        return true
      case 'command':
        this.#telnet = byte >= WILL && byte <= DONT ? 'option' : 'none'
        return byte >= FIRST_TELNET && byte !== IAC
      case 'option':
        this.#telnet = 'none'
        return true
      default:
        return this.#telnet satisfies never
    }
  }
}

function parse(line: readonly number[]): Command | BadLine {
  const bytes = Uint8Array.from(line.at(-1) === CR ? line.slice(0, -1) : line)
  if (bytes.includes(CR) || bytes.includes(0)) return 'characters'
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return 'characters'
  }
  const space = text.indexOf(' ')
  const name = space === -1 ? text : text.slice(0, space)
  // A name may begin or end with spaces, so only the one that separates is taken away.
  return { name: name.toUpperCase(), argument: space === -1 ? '' : text.slice(space + 1) }
}
