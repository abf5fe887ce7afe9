import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { randomBytes } from './files.ts'

/**
 * A file of a server that clients upload while something is killed. Whatever happens, its name shows all of the new version or
 * all of what was there before.
 */
export class ContestedFile {
  readonly name: string
  /** What is to be stored. */
  readonly bytes: Buffer
  /** What was there before; undefined if nothing was. */
  readonly old: Buffer | undefined
  readonly #file: string

  /** Lays out what was there before: something for every other one, by its index. */
  constructor(root: string, { round, index, size }: { round: number; index: number; size: number }) {
    this.name = `${index}.bin`
    this.#file = path.join(root, this.name)
    this.bytes = randomBytes(size, round * 100 + index)
    this.old = index % 2 === 0 ? Buffer.from('old') : undefined
    if (this.old === undefined) fs.rmSync(this.#file, { force: true })
    else fs.writeFileSync(this.#file, this.old)
  }

  /** Writes what is to be stored into a folder of clients. @returns its path there */
  writeTo(folder: string): string {
    const source = path.join(folder, this.name)
    fs.writeFileSync(source, this.bytes)
    return source
  }

  expectWhole(): void {
    const there = fs.existsSync(this.#file) ? fs.readFileSync(this.#file) : undefined
    if (there === undefined) expect(this.old).toBeUndefined()
    else
      expect(
        [this.old, this.bytes].some((version) => version?.equals(there)),
        this.name,
      ).toBe(true)
  }

  expectStored(): void {
    expect(fs.readFileSync(this.#file).equals(this.bytes), this.name).toBe(true)
  }
}
