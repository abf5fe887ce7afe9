import { TransferError } from '@ftp/protocol'
import { run } from '../commands/commands.ts'
import type { Session } from '../session/session.ts'
import type { BadLine, Command } from '../wire/command-decoder.ts'
import { type Reply, replyTo } from '../wire/reply.ts'

/** What a program sends that takes this for a web server, which a page may have told it to. */
const HTTP = /^(GET|HEAD|POST|PUT|OPTIONS|CONNECT|PRI)$/

/** What a line of the client leads to. */
export interface Answer {
  /** Undefined if the command has sent its reply itself. */
  readonly reply: Reply | undefined
  /** Why the connection ends after the reply, if it does. */
  readonly ending?: 'violation' | 'mistaken'
}

/** Answers a line. A fault of the server is reported, and becomes a reply like any other failure. */
export async function answerTo(session: Session, line: Command | BadLine): Promise<Answer> {
  if (line === 'length') return { reply: { code: 500, text: 'the line is too long' }, ending: 'violation' }
  if (line === 'characters')
    return { reply: { code: 501, text: 'a command is UTF-8, and contains neither CR nor NUL' } }
  if (session.login === undefined && HTTP.test(line.name))
    return { reply: { code: 500, text: 'this is an FTP server' }, ending: 'mistaken' }
  try {
    return { reply: await run(session, line) }
  } catch (error) {
    if (error instanceof TransferError && error.code === 'internal') session.guards.onFault(error)
    return { reply: replyTo(error) }
  }
}
