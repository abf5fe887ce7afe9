import type { FileSystem } from '@ftp/files'
import { parsePath } from '@ftp/protocol'
import { Disk } from '../../../apps/server/src/storage/disk.ts'
import { ROOT } from '../../support/simulated-disk/handles.ts'

/** What a client sees: each path with what it shows, as text that differs when the content does. */
export type World = ReadonlyMap<string, string>

export const EMPTY: World = new Map()

export function mount(files: FileSystem): Disk {
  return new Disk(ROOT, (action) => action(), { fs: files })
}

/** Looks at everything, through the storage. */
export async function look(disk: Disk): Promise<World> {
  const world = new Map<string, string>()
  const open = ['']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const { name, type, size, mtime, mode } of disk.list(parsePath(path))) {
      const below = path === '' ? name : `${path}/${name}`
      if (type === 'directory') {
        open.push(below)
        world.set(below, 'directory')
        continue
      }
      await using file = disk.open(parsePath(below))
      const bytes = Buffer.alloc(size)
      const read = await file.read(bytes, 0)
      world.set(below, `${read} bytes ${bytes.toString('latin1')}, ${mtime} ${MODE}${mode.toString(8)}`)
    }
  }
  return world
}

const MODE = 'mode '

/** Whether two things are the same but for their permission bits, which follow once a file has its name. */
export function sameContent(one: string | undefined, other: string | undefined): boolean {
  return one?.replace(/mode \d+$/, '') === other?.replace(/mode \d+$/, '')
}
