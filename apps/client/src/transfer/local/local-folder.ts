import { constants } from 'node:fs'
import path from 'node:path'
import { type FileSystem, type Folder, syncFolder } from '@ftp/files'
import { errnoOf } from '@ftp/protocol'
import type { LocalDisk } from './local-disk.ts'

const { O_DIRECTORY = 0, O_RDONLY } = constants

/** A folder of this machine, by its path. */
export class LocalFolder implements Folder {
  readonly fs: FileSystem
  readonly self: string

  constructor(self: string, fs: FileSystem) {
    this.self = self
    this.fs = fs
  }

  at(name: string): string {
    return `${this.self}${path.sep}${name}`
  }

  /** Makes the names in it durable, where the file system can. */
  async sync(): Promise<void> {
    using opened = new DisposableStack()
    let fd: number
    try {
      fd = opened.adopt(this.fs.open(this.self, O_RDONLY | O_DIRECTORY), (open) => this.fs.close(open))
    } catch (error) {
      // In a folder that its user may write to and not read, files can be stored, but nobody can sync their names.
      if (errnoOf(error) === 'EACCES') return
      throw error
    }
    await syncFolder(this.fs, fd)
  }
}

/** Makes a folder and those above it, durably; one that is there already is no error. */
export async function makeFolder(folder: string, disk: LocalDisk): Promise<void> {
  const above = path.dirname(folder)
  try {
    make(folder, disk)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || above === folder) throw error
    await makeFolder(above, disk)
    make(folder, disk)
  }
  // Also of one that was there: whoever has just made it need not have come this far.
  await new LocalFolder(above, disk).sync()
}

function make(folder: string, disk: LocalDisk): void {
  try {
    disk.mkdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || !isFolder(folder, disk)) throw error
  }
}

function isFolder(folder: string, disk: LocalDisk): boolean {
  return disk.find(folder) !== undefined && disk.lstat(disk.realpath(folder)).isDirectory()
}
