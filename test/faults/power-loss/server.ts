import type { FileSystem } from '@ftp/files'
import { parsePath } from '@ftp/protocol'
import { Disk } from '../../../apps/server/src/storage/disk.ts'
import { ROOT } from '../../support/simulated-disk/handles.ts'
import { type Side, shown, type World } from './deed.ts'
import { anyDeed } from './server-deeds.ts'

/** What a server's storage does. */
export const SERVER: Side<Disk> = {
  code: ['apps/server/src/storage', 'packages/files/src'],
  // Its root.
  descriptors: 1,
  mount,
  look,
  anyDeed,
}

export function mount(files: FileSystem): Disk {
  return new Disk(ROOT, (action) => action(), { fs: files })
}

/** Looks at everything that a client sees, through the storage. */
export async function look(disk: Disk): Promise<World> {
  const world = new Map<string, string>()
  const open = ['']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const { name, type, size, mtime, mode = 0 } of disk.list(parsePath(path))) {
      const below = path === '' ? name : `${path}/${name}`
      if (type === 'directory') {
        open.push(below)
        world.set(below, 'directory')
        continue
      }
      await using file = disk.open(parsePath(below))
      const bytes = Buffer.alloc(size)
      const read = await file.read(bytes, 0)
      world.set(below, shown(bytes.subarray(0, read), mtime, mode))
    }
  }
  return world
}
