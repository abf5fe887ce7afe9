import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { Entry, OutcomesReply } from '@ftp/protocol'
import { expect } from 'vitest'
import { content, md5Of } from './chain.ts'
import type { RawClient } from './raw-client.ts'
import type { ServedFolder } from './served-folder.ts'

/** The reply of an `mget` for one path. */
export interface Told {
  /** The code of an error. */
  readonly code?: string
  readonly message?: string
  readonly entry?: Entry
  /** Undefined if the file was not sent. */
  readonly bytes?: Uint8Array
}

/** Fetches files in one request. Checks every frame against PROTOCOL.md, and every file against its MD5. */
export async function mget(
  client: RawClient,
  paths: readonly string[],
): Promise<{ readonly told: readonly Told[]; readonly frames: readonly number[] }> {
  const id = client.request({ type: 'mget', paths })
  const told: Told[] = []
  const frames: number[] = []
  for (let isLast = false; !isLast; ) {
    const { reply, payload } = await client.take('files')
    expect(reply.id).toBe(id)
    let end = 0
    for (const file of reply.files) {
      if (file.type === 'error') {
        told.push({ code: file.code, message: file.message })
        continue
      }
      const { md5, ...entry } = file
      if (md5 === undefined) {
        told.push({ entry })
        continue
      }
      const bytes = payload.subarray(end, end + entry.size)
      end += entry.size
      expect(md5Of(bytes), entry.name).toBe(md5)
      told.push({ entry, bytes })
    }
    expect(end).toBe(payload.length)
    frames.push(reply.files.length)
    isLast = reply.last === true
    expect(isLast).toBe(told.length === paths.length)
  }
  return { told, frames }
}

/** A file for an `mput`: its path, its bytes, and any further fields. */
export interface Given {
  readonly path: string
  readonly bytes: Uint8Array
  readonly [field: string]: unknown
}

/** The header and the payload of an `mput`. */
export function mputOf(
  files: readonly Given[],
  ifExists = 'replace',
): [request: { type: 'mput'; [field: string]: unknown }, payload: Uint8Array] {
  const described = files.map(({ bytes, ...file }) => ({ length: bytes.length, md5: md5Of(bytes), ...file }))
  return [{ type: 'mput', ifExists, files: described }, Buffer.concat(files.map(({ bytes }) => bytes))]
}

/** Stores files in one request. @returns the outcome of each */
export async function mput(
  client: RawClient,
  files: readonly Given[],
  ifExists?: string,
): Promise<OutcomesReply['outcomes']> {
  const [request, payload] = mputOf(files, ifExists)
  return (await client.ask(request, 'outcomes', payload)).outcomes
}

/** An outcome in one word: its type, the new name, or the code of the error. */
export function wordOf(outcome: OutcomesReply['outcomes'][number]): string {
  return outcome.type === 'error' ? outcome.code : (outcome.name ?? outcome.type)
}

/** A directory of a served folder that only one test uses. */
export class Corner {
  readonly name = randomUUID()
  readonly #folder: ServedFolder

  constructor(folder: ServedFolder) {
    this.#folder = folder
    fs.mkdirSync(this.path())
  }

  /** The path on disk. */
  path(name = ''): string {
    return this.#folder.at(`${this.name}/${name}`)
  }

  /** A file for this directory. Files of the same size have the same bytes. */
  file(name: string, size: number, fields: object = {}): Given {
    return { path: `${this.name}/${name}`, bytes: content(size, size), ...fields }
  }

  /** The MD5 of each file in the directory, by name, including hidden ones. */
  get md5s(): Record<string, string> {
    const names = fs.readdirSync(this.path()).sort()
    return Object.fromEntries(names.map((name) => [name, md5Of(fs.readFileSync(this.path(name)))]))
  }

  /** The value that {@link md5s} should have. */
  md5sOf(files: readonly Given[]): Record<string, string> {
    return Object.fromEntries(
      files.map(({ path, bytes }) => [path.slice(this.name.length + 1), md5Of(bytes)]),
    )
  }
}
