import { constants } from 'node:fs'
import path from 'node:path'
import { type FileSystem, type Folder, syncFolder } from '@ftp/files'
import { errnoOf } from '@ftp/protocol'
import type { LocalDisk } from './local-disk.ts'

const { O_DIRECTORY = 0, O_RDONLY } = constants

/** A folder of this machine, identified by its path. */
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

  /** Makes the names in the folder durable, if the file system can. */
  async sync(): Promise<void> {
    using opened = new DisposableStack()
    let fd: number
    try {
      fd = opened.adopt(this.fs.open(this.self, O_RDONLY | O_DIRECTORY), (open) => this.fs.close(open))
    } catch (error) {
      // A user who may write to a folder but not read it can store files there, but cannot sync their names.
      if (errnoOf(error) === 'EACCES') return
      throw error
    }
    await syncFolder(this.fs, fd)
  }
}

/** Makes a folder and those above it, durably. A folder that exists already is no error. */
export async function makeFolder(folder: string, disk: LocalDisk): Promise<void> {
  const above = path.dirname(folder)
  try {
    make(folder, disk)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || above === folder) throw error
    await makeFolder(above, disk)
    make(folder, disk)
  }
  // A folder that already existed is synced as well: the process that has just made it may not have synced it
  // yet.
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
