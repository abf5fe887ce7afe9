import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** What Windows knows about the access to folders. Each function returns undefined if it cannot tell. */
export interface WindowsAccess {
  /** The security identifier (SID) of the user of this process. */
  user(): string | undefined
  /** The access control list of a folder, in SDDL: https://learn.microsoft.com/windows/win32/secauthz/ace-strings */
  list(folder: string): string | undefined
  /** Lets only these SIDs use a folder and everything in it. */
  restrict(folder: string, sids: readonly string[]): void
}

const SYSTEM = 'S-1-5-18'
/** The system, administrators, and two that stand for the owner; as SDDL writes them. */
const TRUSTED: ReadonlySet<string> = new Set(['SY', SYSTEM, 'BA', 'S-1-5-32-544', 'CO', 'OW'])

/**
 * Makes a folder to which only this user has access, and the missing folders above it. On Windows, it would
 * otherwise inherit the access rights of its parent.
 */
export function makePrivateFolder(
  folder: string,
  platform = process.platform,
  access: WindowsAccess = systemAccess,
): void {
  const made = fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const user = made === undefined || platform !== 'win32' ? undefined : access.user()
  if (user !== undefined) access.restrict(folder, [user, SYSTEM])
}

/**
 * The SIDs of others than this user, the system and administrators who have access to a folder on Windows.
 * Also empty if they cannot be found out, as on file systems without access control.
 */
export function othersWithAccess(folder: string, access: WindowsAccess = systemAccess): readonly string[] {
  const [user, list] = [access.user(), access.list(folder)]
  if (user === undefined || list === undefined) return []
  // Without a list, everybody has access.
  if (/D:[A-Z]*NO_ACCESS_CONTROL/.test(list)) return ['WD']
  const entries = [...list.matchAll(/\(([^()]*)/g)].map(([, entry = '']) => entry.split(';'))
  const allowed = entries.flatMap(([type = '', , , , , sid = '']) => (/^X?A$/.test(type) ? [sid] : []))
  return [...new Set(allowed)].filter((sid) => sid !== user && !TRUSTED.has(sid))
}

const systemAccess: WindowsAccess = {
  user: () => /S-1-[\d-]+/.exec(run('whoami', ['/user', '/fo', 'csv', '/nh']) ?? '')?.[0],
  list(folder) {
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ftp-acl-'))
    try {
      const file = path.join(place, 'acl')
      if (run('icacls', [folder, '/save', file]) === undefined) return undefined
      return fs.readFileSync(file, 'utf16le')
    } catch {
      return undefined
    } finally {
      fs.rmSync(place, { recursive: true, force: true })
    }
  },
  restrict(folder, sids) {
    const grants = sids.flatMap((sid) => ['/grant:r', `*${sid}:(OI)(CI)F`])
    run('icacls', [folder, '/inheritance:r', ...grants])
  },
}

/**
 * Runs a program of Windows, which first searches the current folder for it. So the current folder is one
 * that belongs to this user.
 */
function run(program: string, args: readonly string[]): string | undefined {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
    return execFileSync(`${program}.exe`, args, {
      cwd: os.homedir(),
      encoding: 'latin1',
      stdio,
      windowsHide: true,
    })
  } catch {
    return undefined
  }
}
