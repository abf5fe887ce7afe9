import fs from 'node:fs'
import { type FileSystem, systemFiles } from '@ftp/files'
import { parsePath } from '@ftp/protocol'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'
import type { StorageFixture } from './fixture.contract.ts'
import type { Storage } from './storage.ts'

/** A disk below `root` in a folder of its own; what is beside `root` is outside. */
export class DiskFixture implements StorageFixture {
  readonly folder = new TempDir()
  readonly root = this.folder.folder('root')
  readonly storage: Disk

  constructor(files: FileSystem = systemFiles) {
    this.storage = new Disk(this.root, (action) => action(), { fs: files })
  }

  at(...names: string[]): string {
    return this.folder.at('root', ...names)
  }

  plantUnnamable(directory: string): number {
    const folder = Buffer.from(`${this.at(directory)}/`)
    const names = [
      Buffer.from('line\nbreak'),
      Buffer.from('\x1b[2Jescape'),
      Buffer.from('.FTP-SERVER'),
      Buffer.from([0x61, 0xff]),
      Buffer.from([0x61, 0xfe, 0xfe]),
    ]
    for (const name of names) fs.writeFileSync(Buffer.concat([folder, name]), 'x')
    return names.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.storage[Symbol.dispose]()
    this.folder[Symbol.dispose]()
  }
}

/** A folder two levels below the root of a disk. */
export class DiskFolderFixture implements StorageFixture {
  readonly storage: Storage
  readonly #disk = new DiskFixture()

  constructor() {
    fs.mkdirSync(this.#disk.at('homes', 'anna'), { recursive: true })
    this.storage = this.#disk.storage.below(parsePath('homes')).below(parsePath('anna'))
  }

  plantUnnamable(directory: string): number {
    return this.#disk.plantUnnamable(`homes/anna/${directory}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disk[Symbol.asyncDispose]()
  }
}
