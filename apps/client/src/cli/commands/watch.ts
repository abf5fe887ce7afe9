import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  formatPath,
  fromErrno,
  type IfExists,
  joinPath,
  printable,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { type Context, localPath, remotePath, tellFailure, tellSummary, writeJson } from '../context.ts'
import { openClient } from '../open-session.ts'
import { endedText, finalPath, labelOf } from '../progress/sentences.ts'

/** A file that has not changed for so long is taken to be complete. Milliseconds. */
const SETTLE_MS = 1_000

/**
 * `put --watch <folder>`: stores every file that is in a folder or comes into it, as soon as it no longer changes, and
 * again when it has changed; until Ctrl-C. Hidden files are left alone: programs write them before they give a file its name.
 * @returns 0, or the exit code of what failed
 */
export async function watch(
  context: Context,
  folders: readonly string[],
  { to, ifExists }: { readonly to?: string; readonly ifExists: IfExists },
): Promise<number> {
  const [folder] = folders
  if (folder === undefined || folders.length > 1)
    throw new TransferError('bad_request', '--watch needs one folder to watch')
  using client = await openClient(context)
  const drop = new DropFolder(
    context,
    client,
    localPath(context, folder),
    remotePath(context, to ?? '.'),
    ifExists,
  )
  const { json, quiet } = context.options
  if (!json && !quiet) context.stderr.write(`Storing what comes into ${printable(folder)}; Ctrl-C ends it.\n`)
  while (!context.signal.aborted) {
    await drop.look()
    await delay(SETTLE_MS, undefined, { signal: context.signal }).catch(() => {})
  }
  return drop.summary()
}

class DropFolder {
  readonly #context: Context
  readonly #client: Client
  readonly #folder: string
  readonly #to: RemotePath
  readonly #ifExists: IfExists
  /** What each file was at the last look, and when it was stored. */
  #seen = new Map<string, string>()
  readonly #stored = new Map<string, string>()
  readonly #failed = new Map<string, TransferError>()
  #done = 0
  #skipped = 0
  #bytes = 0

  constructor(context: Context, client: Client, folder: string, to: RemotePath, ifExists: IfExists) {
    this.#context = context
    this.#client = client
    this.#folder = folder
    this.#to = to
    this.#ifExists = ifExists
  }

  /** Stores what is as it was at the last look and has not been stored like that. */
  async look(): Promise<void> {
    const before = this.#seen
    this.#seen = this.#versions()
    for (const [name, version] of this.#seen) {
      if (before.get(name) !== version || this.#stored.get(name) === version) continue
      if (this.#context.signal.aborted) return
      this.#stored.set(name, version)
      await this.#store(name)
    }
  }

  summary(): number {
    const codes = [...this.#failed.values()].map(({ code }) => code)
    const { options, stderr } = this.#context
    const failed = this.#failed.size > 0 ? `, ${this.#failed.size} failed` : ''
    if (!options.json && !options.quiet)
      stderr.write(`${this.#done} ${this.#done === 1 ? 'file' : 'files'} stored and verified${failed}\n`)
    return tellSummary(this.#context, {
      done: this.#done,
      skipped: this.#skipped,
      failed: this.#failed.size,
      codes,
      bytes: this.#bytes,
    })
  }

  #versions(): Map<string, string> {
    try {
      const entries = fs.readdirSync(this.#folder, { withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      return new Map(files.flatMap(({ name }) => versionOf(this.#folder, name)))
    } catch (error) {
      throw fromErrno(error, `"${this.#folder}"`)
    }
  }

  async #store(name: string): Promise<void> {
    const { signal, options, stderr } = this.#context
    const started = performance.now()
    try {
      const target = joinPath(this.#to, name)
      const file = path.join(this.#folder, name)
      const result = await this.#client.put(file, target, { ifExists: this.#ifExists, signal })
      this.#failed.delete(name)
      if (result.outcome === 'done') this.#done++
      else this.#skipped++
      this.#bytes += result.bytes
      const { outcome: event, bytes, md5 } = result
      const [time, to] = [new Date().toISOString(), finalPath(formatPath(target), result)]
      if (options.json) writeJson(this.#context, { event, path: name, to, bytes, md5, time })
      else if (!options.quiet) {
        const effort = { moved: result.bytes, seconds: (performance.now() - started) / 1000 }
        stderr.write(`${endedText(labelOf(name, to), 'stored', result, effort)}\n`)
      }
    } catch (error) {
      if (signal.aborted) return
      const failure = TransferError.from(error)
      // What changed while it was sent will be looked at again; anything else when it changes.
      if (failure.code === 'changed') return void this.#stored.delete(name)
      this.#failed.set(name, failure)
      tellFailure(this.#context, failure, name)
      if (failure.advice !== 'stop') this.#stored.delete(name)
    }
  }
}

/** A file that has gone meanwhile has none. */
function versionOf(folder: string, name: string): [string, string][] {
  const stats = fs.statSync(path.join(folder, name), { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? [] : [[name, `${stats.ino} ${stats.size} ${stats.mtimeNs}`]]
}
