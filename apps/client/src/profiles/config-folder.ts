import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * The client's configuration folder, which is made when something is first stored in it. On Windows it is in the local
 * part of the user's profile, because only the user, the system and administrators have access to that.
 */
export function configFolder(
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
  platform = process.platform,
): string {
  const home = os.homedir()
  const usual =
    platform === 'win32'
      ? environment.LOCALAPPDATA || path.join(home, 'AppData', 'Local')
      : path.join(home, '.config')
  const base = environment.XDG_CONFIG_HOME || usual
  return path.resolve(option || environment.FTP_CLIENT_CONFIG || path.join(base, 'ftp-client'))
}

/**
 * A random number that identifies this client, so that the server recognises its unfinished uploads: 32 hex
 * digits, made at first use. If it cannot be stored, it lasts as long as the program.
 */
export function clientId(folder: string): string {
  const file = path.join(folder, 'client-id')
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.writeFileSync(file, `${randomBytes(16).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch {
    // The file exists already or cannot be written; reading it shows which.
  }
  try {
    const id = fs.readFileSync(file, 'utf8').trim()
    if (/^[0-9a-f]{32}$/.test(id)) return id
  } catch {
    // The number could not be stored.
  }
  return randomBytes(16).toString('hex')
}
