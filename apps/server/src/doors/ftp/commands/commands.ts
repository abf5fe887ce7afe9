import type { Session } from '../session/session.ts'
import type { Command } from '../wire/command-decoder.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { CommandSpec } from './command-spec.ts'
import { connections } from './connections.ts'
import { facts } from './facts.ts'
import { information } from './information.ts'
import { listings } from './listings.ts'
import { login } from './login.ts'
import { names } from './names.ts'
import { protection } from './protection.ts'
import { settings } from './settings.ts'
import { site } from './site.ts'
import { transfers } from './transfers.ts'

const COMMANDS: ReadonlyMap<string, CommandSpec> = new Map(
  [login, protection, settings, connections, transfers, listings, facts, names, site, information].flatMap(
    (group) => Object.entries(group),
  ),
)

/** Answers a command. @throws Refusal, TransferError */
export async function run(session: Session, { name, argument }: Command): Promise<Reply | undefined> {
  const command = COMMANDS.get(name) ?? COMMANDS.get(name.replace(/^X(?=MKD$|RMD$|PWD$|CWD$|CUP$)/, ''))
  if (command === undefined) throw new Refusal(500, `this server does not know ${name.slice(0, 16)}`)
  if (command.isOpen !== true && session.login === undefined)
    throw new Refusal(530, 'log in first, with USER and PASS')
  try {
    if (argument === '' && command.takes !== undefined)
      throw new Refusal(501, `${name.slice(0, 16)} takes ${command.takes}`)
    return await command.run(session, argument)
  } finally {
    if (name !== 'RNFR') session.renameFrom = undefined
    if (command.usesData === true) session.data = undefined
    if (command.keeps !== true) {
      session.restart = 0
      session.announced = undefined
    }
  }
}
