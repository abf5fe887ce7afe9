import { type Change, DirectoryNode, FileNode, type Node } from './nodes.ts'

/** How many bytes a drive writes in one piece. */
const SECTOR = 512

/** How much of the unsynced data has reached the disk, and what the rest of it looks like. */
interface Cut {
  /** The probability of survival for each sector and each name. */
  readonly kept: number
  /** Whether a size may reach the disk without its bytes. */
  readonly sizeFirst: boolean
  /** Whether unwritten sectors contain earlier data rather than zeros. */
  readonly garbage: boolean
}

/**
 * The disk as it may be found after a power cut at this moment. Unsynced data has survived in part, torn at
 * sector boundaries, in any order; a size may have survived without its bytes.
 * @param random returns numbers in [0, 1), which decide what has survived
 */
export function afterPowerLoss(root: DirectoryNode, random: () => number): DirectoryNode {
  const cut: Cut = {
    kept: [0, 0.3, 0.7, 1][Math.floor(random() * 4)] ?? 0,
    sizeFirst: random() < 0.3,
    garbage: random() < 0.3,
  }
  const changes = surviving(root, () => random() < cut.kept)
  const copies = new Map<Node, Node>()
  const copy = (node: Node): Node => {
    const known = copies.get(node)
    if (known !== undefined) return known
    const fresh =
      node.kind === 'file' ? fileAfter(node, cut, random) : new DirectoryNode(node.ino, node.mtimeNs)
    copies.set(node, fresh)
    if (node.kind === 'directory' && fresh.kind === 'directory')
      for (const [name, child] of entriesAfter(node, changes)) fresh.change(name, copy(child))
    fresh.sync()
    return fresh
  }
  const found = copy(root)
  if (found.kind !== 'directory') throw new Error('the root is a directory')
  return found
}

/** The pending changes of names that have reached the disk. */
function surviving(root: DirectoryNode, survives: () => boolean): ReadonlySet<Change> {
  const chosen = new Set<Change>()
  for (const directory of directoriesOf(root))
    for (const change of directory.pending)
      if (survives())
        for (let each: Change | undefined = change; each !== undefined; each = each.after) chosen.add(each)
  return chosen
}

/** Every node that has a name now, or may have one after a power cut. */
export function* nodesOf(root: DirectoryNode): Generator<Node> {
  for (const directory of directoriesOf(root)) {
    yield directory
    for (const nodes of [directory.entries, directory.durable])
      for (const node of nodes.values()) if (node.kind === 'file') yield node
  }
}

/** Every directory that has a name now, or may have one after a power cut. */
function directoriesOf(root: DirectoryNode, found = new Set<DirectoryNode>()): ReadonlySet<DirectoryNode> {
  if (found.has(root)) return found
  found.add(root)
  const nodes = [...root.entries.values(), ...root.durable.values(), ...root.pending.map(({ node }) => node)]
  for (const node of nodes) if (node?.kind === 'directory') directoriesOf(node, found)
  return found
}

function entriesAfter(directory: DirectoryNode, survived: ReadonlySet<Change>): Map<string, Node> {
  const entries = new Map(directory.durable)
  for (const change of directory.pending) {
    if (!survived.has(change)) continue
    if (change.node === undefined) entries.delete(change.name)
    else entries.set(change.name, change.node)
  }
  return entries
}

function fileAfter(file: FileNode, { kept, sizeFirst, garbage }: Cut, random: () => number): FileNode {
  const { durable, pending } = file
  const sizes = [durable.bytes.length, ...pending.map(({ size }) => size)]
  const largest = Math.max(...sizes)
  const image = Buffer.alloc(largest, 0)
  if (garbage) for (let at = durable.bytes.length; at < largest; at++) image[at] = Math.floor(random() * 256)
  image.set(durable.bytes)
  for (const write of pending) {
    if (!('at' in write)) continue
    const end = write.at + write.bytes.length
    for (let at = write.at; at < end; at = nextSector(at)) {
      if (random() < kept)
        image.set(write.bytes.subarray(at - write.at, Math.min(nextSector(at), end) - write.at), at)
    }
  }
  const sized = random() < kept || sizeFirst ? sizes.length - 1 : Math.floor(random() * sizes.length * kept)
  const size = sizes[sized] ?? 0
  const mode = random() < kept ? file.mode : durable.mode
  const mtimeNs = random() < kept ? file.mtimeNs : durable.mtimeNs
  return new FileNode(file.ino, image.subarray(0, size), mode, mtimeNs)
}

function nextSector(at: number): number {
  return (Math.floor(at / SECTOR) + 1) * SECTOR
}
