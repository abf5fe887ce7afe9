import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { TransferError } from '@ftp/protocol'

/** The terminal for questions, and a signal to stop. */
export interface Ask {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream
  readonly signal: AbortSignal
}

/** Longer input is not a password, and must not fill the memory. */
const LONGEST = 4_096

/**
 * Asks a person at the terminal, with echo.
 * @throws TransferError `aborted` after Ctrl-C or Ctrl-D
 */
export async function ask(on: Ask, question: string): Promise<string> {
  return await line(on, question, true)
}

/**
 * Asks a person at the terminal, without echo.
 * @throws TransferError `login` if there is no terminal, `aborted` after Ctrl-C or Ctrl-D
 */
export async function askPassword(on: Ask, question: string): Promise<string> {
  if (on.stdin.isTTY !== true)
    throw new TransferError('login', 'there is no terminal to ask for the password; use --password-stdin')
  return await line(on, question, false)
}

/**
 * Reads a password from a pipe or a file: everything up to its end, except for the last line break.
 * @throws TransferError `usage` if it is longer than any password
 */
export async function readPassword(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length > LONGEST)
      throw new TransferError(
        'usage',
        'standard input is too long for a password; --password-stdin reads all of it',
      )
  }
  return Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, '')
}

async function line({ stdin, stderr, signal }: Ask, question: string, echo: boolean): Promise<string> {
  signal.throwIfAborted()
  stderr.write(question)
  // readline writes typed characters to its output. Without echo, discard them.
  const output = new Writable({
    write(chunk, _, done) {
      if (echo) stderr.write(chunk)
      done()
    },
  })
  const terminal = createInterface({ input: stdin, output, terminal: stdin.isTTY === true, historySize: 0 })
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void => reject(new TransferError('aborted', 'cancelled; nothing was done'))
      signal.addEventListener('abort', cancel, { once: true })
      terminal.once('line', resolve).once('SIGINT', cancel).once('close', cancel)
    })
  } finally {
    terminal.close()
    if (!echo) stderr.write('\n')
  }
}
