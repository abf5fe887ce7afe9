import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'

/** A client that is logged in, encrypted, and says nothing until it is told to. */
export interface Guest {
  /** Asks for as little as can be: size and time of the file, or its first byte by HTTP. */
  stat(): Promise<void>
  /** Fetches the file whole. */
  get(): Promise<void>
  leave(): void
}

/** A server that is measured. */
export interface Peer {
  readonly name: string
  /** The Debian package that brings it, if it is not ours. */
  readonly package?: string
  /** Whether it is installed. */
  isHere(): boolean
  /** Starts it, serving `folder` on `port`. */
  start(folder: string, port: number, setup: string): ChildProcess
  enter(port: number): Promise<Guest>
}

/** The file that everybody asks for, of 1 MiB. */
export const FILE = 'file.bin'

export function launch(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

export async function end(server: ChildProcess): Promise<void> {
  server.kill('SIGKILL')
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
}

/** Memory of a process and all below it, in bytes; what they share is counted once. */
export function memoryOf(pid: number): number {
  let kilobytes = 0
  for (const each of familyOf(pid)) {
    const [, pss = '0'] = /^Pss:\s+(\d+)/m.exec(read(`/proc/${each}/smaps_rollup`)) ?? []
    kilobytes += Number(pss)
  }
  return kilobytes * 1024
}

function familyOf(pid: number): number[] {
  const tasks = exists(`/proc/${pid}/task`)
  const children = tasks.flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).trim().split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

function exists(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
