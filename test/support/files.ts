import { createCipheriv, createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

export const MIB = 1024 * 1024

/** Pseudorandom bytes that are the same for the same seed, made at the speed of AES. */
export function randomBytes(size: number, seed: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32LE(seed)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

/** Pseudorandom numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Writes pseudorandom bytes to a new file. @returns the bytes */
export function writeRandom(file: string, size: number, seed: number): Buffer {
  const bytes = randomBytes(size, seed)
  fs.writeFileSync(file, bytes)
  return bytes
}

/** Writes a file of zeros that takes space only for its `islands`: the bytes at these offsets. */
export function writeSparse(file: string, size: number, islands: ReadonlyMap<number, Uint8Array>): void {
  const fd = fs.openSync(file, 'w')
  fs.ftruncateSync(fd, size)
  for (const [offset, bytes] of islands) fs.writeSync(fd, bytes, 0, bytes.length, offset)
  fs.closeSync(fd)
}

export function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** Inverts one bit of a file. */
export function flipBit(file: string, offset: number, bit = 0): void {
  const fd = fs.openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  fs.readSync(fd, byte, 0, 1, offset)
  byte[0] = (byte[0] ?? 0) ^ (1 << bit)
  fs.writeSync(fd, byte, 0, 1, offset)
  fs.closeSync(fd)
}

/** The modification time in microseconds, as the protocol carries it. */
export function mtimeOf(file: string): number {
  return Number(fs.statSync(file, { bigint: true }).mtimeNs / 1000n)
}

/** Sets the modification time to the microsecond. */
export function setMtime(file: string, microseconds: number): void {
  const seconds = (microseconds + 0.5) / 1e6
  fs.utimesSync(file, seconds, seconds)
}

/**
 * The tree below a folder: for each path, a digest of its bytes, its permission bits and its modification
 * time.
 */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {}
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  for (const name of names) {
    const file = path.join(folder, name)
    const stats = fs.lstatSync(file)
    if (stats.isDirectory()) tree[name] = 'directory'
    else {
      const mode = (stats.mode & 0o777).toString(8)
      tree[name] = `${stats.size} bytes, ${md5Of(fs.readFileSync(file))}, mode ${mode}, ${mtimeOf(file)}`
    }
  }
  return tree
}

/** Writes files below a folder, and makes the folders that they are in. @param mtime in microseconds */
export function writeTree(folder: string, files: Readonly<Record<string, string>>, mtime?: number): void {
  fs.mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
    if (mtime !== undefined) setMtime(file, mtime)
  }
}

/** A folder and the folders below it, with the permission bits and modification time of each. */
export function foldersOf(folder: string): Record<string, string> {
  const below = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  const folders = below
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    [folder, ...folders].sort().map((one) => {
      const mode = (fs.statSync(one).mode & 0o777).toString(8)
      return [path.relative(folder, one), `mode ${mode}, ${mtimeOf(one)}`]
    }),
  )
}

/** The partial files of uploads in a served folder. */
export function serverPartials(folder: string): string[] {
  const names = fs.readdirSync(folder).filter((name) => /^\.ftp-part-[0-9a-f]{32}$/.test(name))
  return names.map((name) => path.join(folder, name))
}
