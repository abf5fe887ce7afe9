import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { discard, type Folder, type Stats } from '@ftp/files'
import { errnoOf } from '@ftp/protocol'

/**
 * `.`, the machine or container in which the process runs, the number of the process, and what distinguishes
 * its files. Short, because Linux handles names of up to 39 bytes faster.
 */
const HIDDEN = /^\.([0-9a-f]{10})-([0-9]{1,10})-[0-9a-f]{6}[0-9a-z]{1,7}\.ftp\.whole$/
/**
 * A file that has not been touched for this long is abandoned, wherever its process ran: it normally takes
 * moments until such a file gets its final name.
 */
const ABANDONED_MS = 86_400_000
/** The most folders remembered as swept. If there are more, all are forgotten and swept again. */
const MOST_FOLDERS = 4_096

const seen = new Set<string>()
/** The files of one folder usually come one after another. */
let last: string | undefined

/**
 * Returns a new name in a folder for a file that is about to get its final one. When a folder is first used,
 * the files of processes that were killed at that moment are removed from it.
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

/** Distinguishes this run from another one whose process had the same number. */
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
    // The folder may not be listed. Writing to it will report what is wrong.
  }
}

/** A process of another user exists too, although it may not be signalled. */
function isRunning(owner: string): boolean {
  try {
    return process.kill(Number(owner), 0)
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}

/** Judges by `ctime`, which no program can set. */
function isOld({ ctimeMs }: Stats): boolean {
  return Date.now() - Number(ctimeMs) > ABANDONED_MS
}

/**
 * Identifies the space in which process numbers are unique: a machine since its last start and, within it, a
 * container.
 */
const PID_SPACE = pidSpace()

function pidSpace(): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const space = `${boot} ${fs.readlinkSync('/proc/self/ns/pid')}`
    return createHash('sha256').update(space).digest('hex').slice(0, 10)
  } catch {
    // If the space cannot be identified, this run counts as a space of its own, and its leftovers are removed
    // once they are old.
    return randomBytes(5).toString('hex')
  }
}
