import { setstat } from '../../../share/setstat.ts'
import type { Session } from '../session/session.ts'
import { parseTime } from '../wire/entry-lines.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** Permission bits that a client may set: none of those that give a program the rights of its owner. */
const MODES = 0o777

/** What has no command of its own. */
export const site: Commands = { SITE: { run: runSite, takes: 'UTIME, CHMOD or HELP' } }

async function runSite(session: Session, argument: string): Promise<Reply> {
  const space = argument.indexOf(' ')
  const name = (space === -1 ? argument : argument.slice(0, space)).toUpperCase()
  const rest = space === -1 ? '' : argument.slice(space + 1)
  switch (name) {
    case 'UTIME':
      return await utime(session, rest)
    case 'CHMOD':
      return await chmod(session, rest)
    case 'HELP':
      return { code: 214, text: ['SITE UTIME <time> <path>', 'SITE CHMOD <mode> <path>', 'end'] }
    default:
      throw new Refusal(504, 'this server knows SITE UTIME and SITE CHMOD')
  }
}

/** Sets a time. There are two forms: `time path`, and `path access-time time creation-time UTC`. */
async function utime(session: Session, argument: string): Promise<Reply> {
  const [, before, path] = /^(\d{12,14}) (.+)$/s.exec(argument) ?? []
  const [, long, between] = /^(.+) \d{12,14} (\d{12,14}) \d{12,14}(?: UTC)?$/s.exec(argument) ?? []
  const time = parseTime((between ?? before ?? '').padEnd(14, '0'))
  const name = long ?? path
  if (time === undefined || name === undefined)
    throw new Refusal(501, 'SITE UTIME takes YYYYMMDDhhmmss and a path')
  await setstat(await session.share(), session.resolve(name), { mtime: time })
  return { code: 200, text: 'the time has been set' }
}

async function chmod(session: Session, argument: string): Promise<Reply> {
  const [, digits, path] = /^([0-7]{3,4}) (.+)$/s.exec(argument) ?? []
  const mode = Number.parseInt(digits ?? '', 8)
  if (path === undefined || mode > MODES)
    throw new Refusal(501, 'SITE CHMOD takes three octal digits and a path')
  await setstat(await session.share(), session.resolve(path), { mode })
  return { code: 200, text: 'the mode has been set' }
}
