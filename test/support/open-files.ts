import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

/** The number of open descriptors of a process. */
export function openFilesOf(pid: number): number {
  return fs.readdirSync(`/proc/${pid}/fd`).length
}

/** What a process has open: paths, and sockets by their inodes. */
export function openOf(pid: number): string[] {
  return fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      // It has been closed meanwhile.
      return []
    }
  })
}

/** The open sockets of a process, by their inodes. */
export function socketsOf(pid: number): string[] {
  return openOf(pid).filter((target) => target.startsWith('socket:'))
}

/** Leaves a running process only `count` free descriptors. Disposing of the result restores the limit. */
export function leaveDescriptors(pid: number, count: number): Disposable {
  const taken = new Set(fs.readdirSync(`/proc/${pid}/fd`).map(Number))
  let limit = 0
  for (let free = 0; free < count || taken.has(limit); limit++) if (!taken.has(limit)) free++
  const before = /^Max open files\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1]
  const set = (soft: number | string): void => {
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`])
  }
  set(limit)
  return { [Symbol.dispose]: () => set(before ?? 'unlimited') }
}
