import type { Stats } from '@ftp/files'
import type { DirectoryNode, FileNode, Node } from './nodes.ts'

/** The path of the root of a simulated disk. */
export const ROOT = '/disk'
const FIRST_DESCRIPTOR = 1000

/** Resolves the descriptors and paths of a simulated disk. */
export class Handles {
  readonly #root: DirectoryNode
  readonly #open = new Map<number, Node>()
  #next = FIRST_DESCRIPTOR

  constructor(root: DirectoryNode) {
    this.#root = root
  }

  /** How many descriptors have been opened and not closed. */
  get size(): number {
    return this.#open.size
  }

  open(node: Node): number {
    this.#open.set(this.#next, node)
    return this.#next++
  }

  close(fd: number): void {
    if (!this.#open.delete(fd)) throw failure('EBADF')
  }

  node(fd: number): Node {
    const node = this.#open.get(fd)
    if (node === undefined) throw failure('EBADF')
    return node
  }

  file(fd: number): FileNode {
    const node = this.node(fd)
    if (node.kind !== 'file') throw failure('EISDIR')
    return node
  }

  existing(path: string): Node {
    const { node } = this.find(path)
    if (node === undefined) throw failure('ENOENT')
    return node
  }

  directory(path: string): DirectoryNode {
    const node = this.existing(path)
    if (node.kind !== 'directory') throw failure('ENOTDIR')
    return node
  }

  /**
   * Resolves a path to its directory, its name there and its node. The server names only the root, held
   * directories and names in them; the client names paths from the root.
   */
  find(path: string): { parent?: DirectoryNode; name: string; node: Node | undefined } {
    if (path === ROOT) return { name: '', node: this.#root }
    if (path.startsWith(`${ROOT}/`)) return this.#walk(path.slice(ROOT.length + 1).split('/'))
    const [, fd, name] = /^\/proc\/self\/fd\/(\d+)(?:\/([^/]+))?$/.exec(path) ?? []
    if (fd === undefined) throw new Error(`somebody went to ${path}`)
    const held = this.node(Number(fd))
    if (name === undefined) return { name: '', node: held }
    if (held.kind !== 'directory') throw failure('ENOTDIR')
    if (held.nlink === 0 && held !== this.#root && !held.entries.has(name)) return { name, node: undefined }
    return { parent: held, name, node: held.entries.get(name) }
  }

  #walk(names: readonly string[]): { parent?: DirectoryNode; name: string; node: Node | undefined } {
    const name = names.at(-1) ?? ''
    let parent = this.#root
    for (const above of names.slice(0, -1)) {
      const next = parent.entries.get(above)
      if (next?.kind !== 'directory') return { name, node: undefined }
      parent = next
    }
    return { parent, name, node: parent.entries.get(name) }
  }
}

export function statsOf(node: Node): Stats {
  const { ino, mtimeNs, ctimeNs } = node
  return {
    dev: 1n,
    ino,
    size: BigInt(node.kind === 'file' ? node.bytes.length : 0),
    mode: BigInt(node.mode),
    nlink: BigInt(node.nlink),
    mtimeNs,
    ctimeNs,
    mtimeMs: mtimeNs / 1_000_000n,
    ctimeMs: ctimeNs / 1_000_000n,
    isFile: () => node.kind === 'file',
    isDirectory: () => node.kind === 'directory',
    isSymbolicLink: () => false,
  }
}

export function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
