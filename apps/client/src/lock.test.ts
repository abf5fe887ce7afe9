import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { lock } from './lock.ts'

const MODULE = JSON.stringify(new URL('./lock.ts', import.meta.url).href)
const taken = expect.objectContaining({ code: 'taken_over' })

let folder: TempDir
let file: string
beforeEach(() => {
  folder = new TempDir()
  file = folder.at('f.ftp.lock')
})
afterEach(() => {
  vi.restoreAllMocks()
  folder[Symbol.dispose]()
})

/** Another process that takes the lock and says how that went; it keeps what it has until it is killed. */
async function tryElsewhere(): Promise<{ process: ChildProcess; said: string }> {
  const script = `
    import { lock } from ${MODULE}
    try {
      globalThis.held = lock(${JSON.stringify(file)})
      console.log('held')
      setInterval(() => {}, 1_000)
    } catch (error) {
      console.log(error.code)
    }
  `
  const process = spawn(globalThis.process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(process.stdout, 'data')
  return { process, said: String(said).trim() }
}

async function kill(process: ChildProcess): Promise<void> {
  const ended = once(process, 'close')
  process.kill('SIGKILL')
  await ended
}

describe('the lock of a download', () => {
  it('is had by one at a time, and its file is gone afterwards', () => {
    const first = lock(file)
    expect(() => lock(file)).toThrow(taken)
    using _ = lock(folder.at('g.ftp.lock'))
    first[Symbol.dispose]()
    expect(fs.existsSync(file)).toBe(false)
    lock(file)[Symbol.dispose]()
    expect(fs.existsSync(file)).toBe(false)
  })

  it('keeps other processes out', async () => {
    using _ = lock(file)
    const { process, said } = await tryElsewhere()
    await kill(process)
    expect(said).toBe('taken_over')
  })

  it('keeps other processes out even after this one has tried to have it twice', async () => {
    using _ = lock(file)
    expect(() => lock(file)).toThrow(taken)
    const { process, said } = await tryElsewhere()
    await kill(process)
    expect(said).toBe('taken_over')
  })

  it('is free when its process was killed', async () => {
    const { process, said } = await tryElsewhere()
    expect(said).toBe('held')
    expect(() => lock(file)).toThrow(taken)
    await kill(process)
    expect(fs.existsSync(file)).toBe(true)
    lock(file)[Symbol.dispose]()
    expect(fs.existsSync(file)).toBe(false)
  })

  /** Removes the file, as a former holder does, once it has been locked the next time. */
  function removeOnceLocked(): MockInstance<DatabaseSync['exec']> {
    const { exec } = DatabaseSync.prototype
    return vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementationOnce(function (
      this: DatabaseSync,
      sql,
    ) {
      exec.call(this, sql)
      fs.rmSync(file)
    })
  }

  it('is of the file that others see, even where a former holder removes it at the last moment', () => {
    const locked = removeOnceLocked()
    using _ = lock(file)
    expect(locked).toHaveBeenCalledTimes(2)
    expect(fs.existsSync(file)).toBe(true)
    expect(() => lock(file)).toThrow(taken)
  })

  it('is of the file that others see, even where former holders remove it before it is looked up and after', () => {
    const locked = removeOnceLocked()
    // The file exists when it is opened, and has no name when it is looked up.
    vi.spyOn(fs, 'openSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('it exists'), { code: 'EEXIST' })
    })
    using _ = lock(file)
    expect(locked).toHaveBeenCalledTimes(2)
    expect(fs.existsSync(file)).toBe(true)
    expect(() => lock(file)).toThrow(taken)
  })

  it('is a failure with a code where no file can be', () => {
    expect(() => lock(folder.at('no', 'lock'))).toThrow(expect.objectContaining({ code: 'not_found' }))
  })
})
