import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { expect } from 'vitest'
import { FakeServer, type Respond } from './fake-server.ts'
import { runInFolder } from './in-process-client.ts'
import type { Result } from './program.ts'
import { TempDir } from './temp-dir.ts'

/** The start of every chain. */
export const START = '0123456789abcdeffedcba9876543210'
const HARMFUL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

/**
 * A client with a folder of its own, for servers that lie to it. Disposing of it checks that nothing outside
 * the folder has changed.
 */
export class Victim implements Disposable {
  /** The working directory of the client. */
  readonly home: string
  readonly #folder = new TempDir()

  constructor() {
    this.home = this.#folder.folder('home')
    fs.writeFileSync(this.#folder.at('outside'), 'mine')
  }

  /** Runs a command against such a server. Nothing it prints may control the terminal. */
  async suffer(respond: Respond, args: readonly string[], global: readonly string[] = []): Promise<Result> {
    await using server = await FakeServer.start(respond)
    const options = { port: server.port, config: this.#folder.at('config'), cwd: this.home }
    // It gives up soon, because what these servers do not do at once, they never do.
    const flags = ['--retry-for', '200ms', '--timeout', '2s', ...global]
    const result = await runInFolder(args, { ...options, global: flags })
    expect(result.stdout.toString()).not.toMatch(HARMFUL)
    expect(result.stderr).not.toMatch(HARMFUL)
    expect(result.stderr).not.toMatch(/\n {4}at /)
    return result
  }

  [Symbol.dispose](): void {
    using folder = this.#folder
    expect(fs.readFileSync(folder.at('outside'), 'utf8')).toBe('mine')
    const known = ['home', 'outside', 'config']
    expect(fs.readdirSync(folder.path).filter((name) => !known.includes(name))).toEqual([])
  }
}

/** A server's description of a file or directory. */
export function entry(name: string, type = 'file', size = 5): object {
  return { name, type, size, mtime: 1_700_000_000_000_000, mode: 0o644 }
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** The header of a file that is sent in one frame. */
export function file(bytes: Uint8Array, changes: object = {}): object {
  const fixed = { version: 'v', offset: 0, chain: START, length: bytes.length, md5: md5(bytes), last: true }
  return { type: 'file', entry: entry('f', 'file', bytes.length), ...fixed, ...changes }
}
