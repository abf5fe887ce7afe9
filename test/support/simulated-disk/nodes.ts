/*
 * The contents of a disk, kept twice: as programs see them now, and as they would be after a power cut. The
 * difference between the two is `pending`: until a sync, any part of it may have reached the disk, in any
 * order.
 */

export type Node = FileNode | DirectoryNode

interface Times {
  mtimeNs: bigint
  ctimeNs: bigint
}

/** Bytes that were written, or a new size. `size` is that of the file afterwards. */
type Write =
  | { readonly at: number; readonly bytes: Uint8Array; readonly size: number }
  | { readonly size: number }

export class FileNode implements Times {
  readonly kind = 'file'
  readonly ino: bigint
  bytes: Buffer
  mode: number
  mtimeNs: bigint
  ctimeNs: bigint
  nlink = 0
  durable: { readonly bytes: Uint8Array; readonly mode: number; readonly mtimeNs: bigint }
  pending: Write[] = []

  constructor(ino: bigint, bytes: Uint8Array, mode: number, mtimeNs: bigint) {
    this.ino = ino
    this.bytes = Buffer.from(bytes)
    this.mode = mode
    this.mtimeNs = mtimeNs
    this.ctimeNs = mtimeNs
    this.durable = { bytes: new Uint8Array(bytes), mode, mtimeNs }
  }

  get isDurable(): boolean {
    const { mode, mtimeNs } = this.durable
    return this.pending.length === 0 && mode === this.mode && mtimeNs === this.mtimeNs
  }

  write(bytes: Uint8Array, at: number): void {
    const size = Math.max(this.bytes.length, at + bytes.length)
    this.#resize(size)
    this.bytes.set(bytes, at)
    this.pending.push({ at, bytes: Uint8Array.from(bytes), size })
  }

  truncate(size: number): void {
    this.#resize(size)
    this.pending.push({ size })
  }

  sync(): void {
    this.durable = { bytes: Uint8Array.from(this.bytes), mode: this.mode, mtimeNs: this.mtimeNs }
    this.pending = []
  }

  #resize(size: number): void {
    const resized = Buffer.alloc(size)
    this.bytes.copy(resized)
    this.bytes = resized
  }
}

/** A name that was added or removed. */
export interface Change {
  readonly directory: DirectoryNode
  readonly name: string
  /** Undefined if the name was removed. */
  readonly node: Node | undefined
  /** A change that has reached the disk whenever this one has, so that a rename never loses its file. */
  readonly after: Change | undefined
}

export class DirectoryNode implements Times {
  readonly kind = 'directory'
  readonly ino: bigint
  readonly entries: Map<string, Node>
  mode = 0o755
  mtimeNs: bigint
  ctimeNs: bigint
  nlink = 0
  durable: Map<string, Node>
  pending: Change[] = []

  constructor(ino: bigint, now: bigint, entries: ReadonlyMap<string, Node> = new Map()) {
    this.ino = ino
    this.entries = new Map(entries)
    this.durable = new Map(entries)
    this.mtimeNs = now
    this.ctimeNs = now
  }

  /** Adds or removes a name. */
  change(name: string, node: Node | undefined, after?: Change): Change {
    const old = this.entries.get(name)
    if (old !== undefined) old.nlink--
    if (node === undefined) this.entries.delete(name)
    else {
      this.entries.set(name, node)
      node.nlink++
    }
    const change: Change = { directory: this, name, node, after }
    this.pending.push(change)
    return change
  }

  /** Makes the changes in this directory durable, and nothing else. */
  sync(): void {
    for (const { name, node } of this.pending.splice(0)) {
      if (node === undefined) this.durable.delete(name)
      else this.durable.set(name, node)
    }
  }
}
