import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { discard, type Folder, type Stats } from '@ftp/files'
import { errnoOf } from '@ftp/protocol'

/** `.`, where its process runs, which one it is, and what tells its files apart. Short: Linux has a faster way up to 39 bytes. */
const HIDDEN = /^\.([0-9a-f]{10})-([0-9]{1,10})-[0-9a-f]{6}[0-9a-z]{1,7}\.ftp\.whole$/
/** What nobody has touched for so long has nobody any more, wherever they were: it takes moments to get its name. */
const ABANDONED_MS = 86_400_000
/** Folders that have been looked through; more are forgotten, and looked through again. */
const MOST_FOLDERS = 4_096

const seen = new Set<string>()
/** Files of one folder come one after another. */
let last: string | undefined

/**
 * A new name in a folder for a file that is about to get another one. When a folder is first used, what processes have left
 * there that were killed in that moment is removed.
 */
export function hiddenName(folder: Folder): string {
  if (folder.self !== last && !seen.has(folder.self)) {
    if (seen.size >= MOST_FOLDERS) seen.clear()
    seen.add(folder.self)
    sweep(folder)
  }
  last = folder.self
  return `.${PID_SPACE}-${process.pid}-${RUN}${count()}.ftp.whole`
}

/** Tells this run from one that had the same number. */
const RUN = randomBytes(3).toString('hex')
let made = 0

function count(): string {
  made = (made + 1) % 0x1_0000_0000
  return made.toString(36)
}

function sweep(folder: Folder): void {
  const { fs } = folder
  try {
    for (const name of fs.names(folder.self)) {
      const [, space, owner] = HIDDEN.exec(name) ?? []
      if (owner === undefined) continue
      const file = folder.at(name)
      if (space === PID_SPACE ? !isRunning(owner) : isOld(fs.lstat(file))) discard(fs, file)
    }
  } catch {
    // A folder that may not be listed: writing there will say what is wrong.
  }
}

/** A process of another user is there too, though it may not be asked. */
function isRunning(owner: string): boolean {
  try {
    return process.kill(Number(owner), 0)
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}

/** By the time that no program can set. */
function isOld({ ctimeMs }: Stats): boolean {
  return Date.now() - Number(ctimeMs) > ABANDONED_MS
}

/** Where process numbers mean the same: a machine since it has been started, and in it a container. */
const PID_SPACE = pidSpace()

function pidSpace(): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const space = `${boot} ${fs.readlinkSync('/proc/self/ns/pid')}`
    return createHash('sha256').update(space).digest('hex').slice(0, 10)
  } catch {
    // If nothing says, it counts as a space of its own: what is left there is removed when it is old.
    return randomBytes(5).toString('hex')
  }
}
