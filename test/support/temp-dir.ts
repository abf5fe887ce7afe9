import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A folder of its own for one test; disposing of it removes it with everything in it. */
export class TempDir implements Disposable {
  readonly path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ftp-test-')))

  constructor() {
    // For tests that run a program as another user.
    fs.chmodSync(this.path, 0o755)
  }

  /** The path of something in it. */
  at(...names: string[]): string {
    return path.join(this.path, ...names)
  }

  /** Makes a folder in it. */
  folder(...names: string[]): string {
    const folder = this.at(...names)
    fs.mkdirSync(folder, { recursive: true })
    return folder
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.path, { recursive: true, force: true })
  }
}
