import { constants } from 'node:fs'
import type { Stats } from '@ftp/files'
import type { LocalDisk } from '../../../apps/client/src/transfer/local/local-disk.ts'
import { failure, Handles, statsOf } from './handles.ts'
import { DirectoryNode, FileNode, type Node } from './nodes.ts'
import { afterPowerLoss, nodesOf } from './power-loss.ts'

/**
 * A disk in memory that knows what a power cut would leave of it. It supports what client and server need of
 * Linux: the server reaches the directories it holds through /proc/self/fd.
 */
export class SimulatedDisk implements LocalDisk {
  readonly #root: DirectoryNode
  readonly #handles: Handles
  readonly #onChange: () => void
  readonly #random: () => number
  #nextIno: bigint
  #now: bigint

  /**
   * @param onChange called after each call that has changed something
   * @param random returns numbers in [0, 1), which decide how long the asynchronous calls take
   */
  constructor(
    onChange: () => void = () => {},
    random: () => number = () => 0,
    root = new DirectoryNode(1n, 0n),
  ) {
    this.#root = root
    this.#handles = new Handles(root)
    this.#onChange = onChange
    this.#random = random
    this.#nextIno = 1n + [...nodesOf(root)].reduce((most, { ino }) => (ino > most ? ino : most), 1n)
    this.#now = BigInt(Date.now()) * 1_000_000n
  }

  /** How many descriptors have been opened and not closed. */
  get openDescriptors(): number {
    return this.#handles.size
  }

  /** Whether a power cut now would change nothing. */
  get isDurable(): boolean {
    for (const node of nodesOf(this.#root))
      if (node.kind === 'file' ? !node.isDurable : node.pending.length > 0) return false
    return true
  }

  /** Whether a directory has two names, as after a rename that was cut off in the middle. */
  get hasTwoNames(): boolean {
    for (const node of nodesOf(this.#root)) if (node.kind === 'directory' && node.nlink > 1) return true
    return false
  }

  /** Makes everything that is pending durable, as the passage of time does. */
  settle(): void {
    for (const node of nodesOf(this.#root)) node.sync()
  }

  /** A copy of the disk as it may be found after a power cut at this moment. This disk goes on. */
  losePower(random: () => number): SimulatedDisk {
    return new SimulatedDisk(undefined, undefined, afterPowerLoss(this.#root, random))
  }

  /** The same disk with other observers. */
  watched(onChange: () => void, random: () => number): SimulatedDisk {
    return new SimulatedDisk(onChange, random, this.#root)
  }

  open(path: string, flags: number, mode = 0o666): number {
    const { parent, name, node } = this.#handles.find(path)
    if (node === undefined) {
      if ((flags & constants.O_CREAT) === 0 || parent === undefined) throw failure('ENOENT')
      const file = new FileNode(this.#nextIno++, new Uint8Array(0), mode, this.#tick())
      parent.change(name, file)
      this.#onChange()
      return this.#handles.open(file)
    }
    if ((flags & constants.O_EXCL) !== 0) throw failure('EEXIST')
    if ((flags & constants.O_DIRECTORY) !== 0 && node.kind !== 'directory') throw failure('ENOTDIR')
    if ((flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0 && node.kind === 'directory')
      throw failure('EISDIR')
    return this.#handles.open(node)
  }

  close(fd: number): void {
    this.#handles.close(fd)
  }

  fstat(fd: number): Stats {
    return statsOf(this.#handles.node(fd))
  }

  lstat(path: string): Stats {
    return statsOf(this.#handles.existing(path))
  }

  find(path: string): Stats | undefined {
    const { node } = this.#handles.find(path)
    return node && statsOf(node)
  }

  statfs(): { bavail: number; bsize: number } {
    return { bavail: 2 ** 30, bsize: 4096 }
  }

  *names(path: string): Generator<string, void> {
    yield* [...this.#handles.directory(path).entries.keys()]
  }

  rawNames(path: string): Buffer[] {
    return [...this.#handles.directory(path).entries.keys()].map((name) => Buffer.from(name))
  }

  /** The simulated disk has no links. */
  realpath(path: string): string {
    return path
  }

  /**
   * A single process uses the disk, and never for two purposes under one name, so nothing has to be locked.
   */
  lock(path: string): Disposable {
    this.close(this.open(path, constants.O_CREAT))
    return { [Symbol.dispose]: () => this.unlink(path) }
  }

  /** Like ext4: it stores any name, and tells all names apart. */
  nameProblem(): undefined {}

  spelling(_folder: string, name: string): string {
    return name
  }

  holdsMount(): boolean {
    return false
  }

  mkdir(path: string): void {
    const { parent, name, node } = this.#handles.find(path)
    if (node !== undefined) throw failure('EEXIST')
    if (parent === undefined) throw failure('ENOENT')
    parent.change(name, new DirectoryNode(this.#nextIno++, this.#tick()))
    this.#onChange()
  }

  rmdir(path: string): void {
    const { parent, name, node } = this.#handles.find(path)
    if (node === undefined) throw failure('ENOENT')
    if (node.kind !== 'directory') throw failure('ENOTDIR')
    if (node.entries.size > 0) throw failure('ENOTEMPTY')
    parent?.change(name, undefined)
    this.#onChange()
  }

  unlink(path: string): void {
    const { parent, name, node } = this.#handles.find(path)
    if (node === undefined) throw failure('ENOENT')
    if (node.kind === 'directory') throw failure('EISDIR')
    parent?.change(name, undefined)
    node.ctimeNs = this.#tick()
    this.#onChange()
  }

  link(from: string, to: string): void {
    const node = this.#handles.existing(from)
    const target = this.#handles.find(to)
    if (target.node !== undefined) throw failure('EEXIST')
    target.parent?.change(target.name, node)
    node.ctimeNs = this.#tick()
    this.#onChange()
  }

  rename(from: string | Buffer, to: string): void {
    const source = this.#handles.find(from.toString())
    const target = this.#handles.find(to)
    if (source.node === undefined) throw failure('ENOENT')
    if (target.node === source.node) return
    const given = target.parent?.change(target.name, source.node)
    source.parent?.change(source.name, undefined, given)
    source.node.ctimeNs = this.#tick()
    this.#onChange()
  }

  fchmod(fd: number, mode: number): void {
    this.#chmod(this.#handles.node(fd), mode)
  }

  futimes(fd: number, _atime: string, mtime: string): void {
    this.#utimes(this.#handles.node(fd), mtime)
  }

  chmod(path: string, mode: number): void {
    this.#chmod(this.#handles.existing(path), mode)
  }

  utimes(path: string, _atime: string, mtime: string): void {
    this.#utimes(this.#handles.existing(path), mtime)
  }

  #chmod(node: Node, mode: number): void {
    node.mode = mode
    node.ctimeNs = this.#tick()
    this.#onChange()
  }

  #utimes(node: Node, mtime: string): void {
    node.mtimeNs = BigInt(Math.floor(Number(mtime) * 1e6)) * 1000n
    node.ctimeNs = this.#tick()
    this.#onChange()
  }

  async read(
    fd: number,
    buffer: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): Promise<{ bytesRead: number }> {
    await this.#pass()
    return { bytesRead: this.readNow(fd, buffer, start, length, at) }
  }

  readNow(fd: number, buffer: Uint8Array, start: number, length: number, at: number): number {
    const part = this.#handles.file(fd).bytes.subarray(at, at + length)
    buffer.set(part, start)
    return part.length
  }

  async write(
    fd: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): Promise<{ bytesWritten: number }> {
    await this.#pass()
    return { bytesWritten: this.writeNow(fd, bytes, start, length, at) }
  }

  writeNow(fd: number, bytes: Uint8Array, start: number, length: number, at: number): number {
    const file = this.#handles.file(fd)
    file.write(bytes.subarray(start, start + length), at)
    file.mtimeNs = file.ctimeNs = this.#tick()
    this.#onChange()
    return length
  }

  async ftruncate(fd: number, size: number): Promise<void> {
    await this.#pass()
    const file = this.#handles.file(fd)
    file.truncate(size)
    file.mtimeNs = file.ctimeNs = this.#tick()
    this.#onChange()
  }

  async fsync(fd: number): Promise<void> {
    await this.#pass()
    this.#handles.node(fd).sync()
    this.#onChange()
  }

  /** Lets other calls go first now and then. */
  async #pass(): Promise<void> {
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) await Promise.resolve()
  }

  #tick(): bigint {
    this.#now += 1_000_000n
    return this.#now
  }
}
