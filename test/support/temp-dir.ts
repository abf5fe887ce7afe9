import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A folder for a single test. Disposing of it removes it with everything in it. */
export class TempDir implements Disposable {
  readonly path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ftp-test-')))

  constructor() {
    // Some tests run a program as another user, who must be able to read the folder.
    fs.chmodSync(this.path, 0o755)
  }

  /** A path in the folder. */
  at(...names: string[]): string {
    return path.join(this.path, ...names)
  }

  /** Makes a subfolder. @returns its path */
  folder(...names: string[]): string {
    const folder = this.at(...names)
    fs.mkdirSync(folder, { recursive: true })
    return folder
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.path, { recursive: true, force: true })
  }
}
