import fs from 'node:fs'
import path from 'node:path'

/** Of the mounts of this process, see proc_pid_mountinfo(5). */
const MOUNTS = '/proc/self/mountinfo'
const MOUNT_POINT = 4

/**
 * Whether anything is mounted on a directory or below it. Only Linux knows of all mounts; elsewhere a directory of
 * another file system than the one above it is one.
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

/** Blanks, line breaks and backslashes stand there in octal. */
function decoded(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
