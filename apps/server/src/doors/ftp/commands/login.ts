import { ANONYMOUS, foldUserName, TransferError } from '@ftp/protocol'
import type { Login } from '../../../share/logins.ts'
import { WrongPassword } from '../../../share/passwords.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'

/** The longest password that anybody can have is shorter. */
const LONGEST = 2_048

export const login: Commands = {
  USER: { run: user, takes: 'the name of an account', isOpen: true },
  PASS: { run: pass, isOpen: true },
  ACCT: { run: async () => ({ code: 202, text: 'no account information is needed' }), isOpen: true },
  REIN: { run: async () => ({ code: 502, text: 'connect again to log in as somebody else' }), isOpen: true },
  QUIT: { run: quit, isOpen: true },
}

/** Whoever may not log in without encryption is refused before a password is sent, like anybody who has no account. */
async function user(session: Session, name: string): Promise<Reply> {
  if (session.login !== undefined) throw new Refusal(503, 'connect again to log in as somebody else')
  const { tls, isEncrypted, guards } = session
  if (tls !== undefined && !isEncrypted && !(await guards.logins.allowsClearFtp(name)))
    throw new Refusal(530, 'this server requires encryption: use explicit TLS (AUTH TLS)')
  session.user = name
  return { code: 331, text: isAnonymous(session, name) ? 'any password will do' : 'send the password' }
}

async function pass(session: Session, password: string): Promise<Reply> {
  const { user: name, guards, origin, control, refusal } = session
  if (session.login !== undefined) throw new Refusal(503, 'you are logged in')
  if (name === undefined) throw new Refusal(503, 'send USER first')
  session.user = undefined
  try {
    const login = await enter(session, name, password)
    await login.share()
    if (refusal !== undefined && !refusal.except.includes(login.account.name))
      throw new TransferError('busy', refusal.text)
    session.login = login
    control.onLogin(login.account.name)
    return { code: 230, text: `logged in as ${login.account.name}` }
  } catch (error) {
    control.close()
    if (!(error instanceof TransferError)) throw error
    if (error.code === 'busy') throw new Refusal(421, error.message)
    if (error.code !== 'login') throw error
    guards.logins.refused(name, origin)
    if (error instanceof WrongPassword && (refusal?.except.includes(foldUserName(name)) ?? true))
      control.close('refused')
    if (refusal !== undefined) throw new Refusal(421, refusal.text)
    throw error
  }
}

async function enter(session: Session, name: string, password: string): Promise<Login> {
  const { guards, origin } = session
  if (isAnonymous(session, name)) return await guards.logins.enterAnonymously(origin)
  if (password.length > LONGEST) throw new WrongPassword()
  using running = session.beginTransfer()
  return await guards.logins.enterWithPassword(name, password, origin, running.signal)
}

/** The field's name for clients without an account is `ftp`, too. */
function isAnonymous({ guards }: Session, name: string): boolean {
  const folded = foldUserName(name)
  return guards.logins.allowsAnonymous && (folded === ANONYMOUS || folded === 'ftp')
}

async function quit({ control }: Session): Promise<Reply> {
  control.close()
  return { code: 221, text: 'goodbye' }
}
