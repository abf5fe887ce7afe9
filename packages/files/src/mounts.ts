import fs from 'node:fs'
import path from 'node:path'

/** The mounts of this process: see proc_pid_mountinfo(5). */
const MOUNTS = '/proc/self/mountinfo'
const MOUNT_POINT = 4

/**
 * Whether anything is mounted on a directory or below it. Only Linux lists all mounts. On other systems, only
 * the directory itself is checked: it is a mount point if its file system differs from that of its parent.
 */
export function holdsMount(directory: string): boolean {
  if (process.platform !== 'linux')
    return fs.statSync(directory).dev !== fs.statSync(path.join(directory, '..')).dev
  const real = fs.realpathSync(directory)
  const points = fs
    .readFileSync(MOUNTS, 'utf8')
    .split('\n')
    .map((line) => decoded(line.split(' ')[MOUNT_POINT] ?? ''))
  return points.some((point) => point === real || point.startsWith(`${real}/`))
}

/** Decodes spaces, line breaks and backslashes, which the file contains in octal. */
function decoded(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
