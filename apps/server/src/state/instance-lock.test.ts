import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { lockInstance, lockRoot } from './instance-lock.ts'

let folder: TempDir
beforeEach(() => {
  folder = new TempDir()
})
afterEach(() => folder[Symbol.dispose]())

const MODULE = JSON.stringify(new URL('./instance-lock.ts', import.meta.url).href)

it('a second server is refused, and told what to do, until the first has ended', () => {
  const file = folder.at('instance.lock')
  const first = lockInstance(file)
  expect(() => lockInstance(file)).toThrow(
    expect.objectContaining({ code: 'busy', message: expect.stringContaining('--state') }),
  )
  first[Symbol.dispose]()
  lockInstance(file)[Symbol.dispose]()
})

it('a second server on the same folder is refused, whatever its state folder', () => {
  using _ = lockInstance(folder.at('state.lock'))
  const first = lockRoot(folder.path)
  expect(() => lockRoot(folder.path)).toThrow(
    expect.objectContaining({ code: 'busy', message: expect.stringContaining('serving') }),
  )
  first?.[Symbol.dispose]()
  lockRoot(folder.path)?.[Symbol.dispose]()
})

it('a second server on a folder inside a served one is refused', () => {
  const inner = folder.folder('a', 'b')
  const first = lockRoot(folder.path)
  expect(() => lockRoot(inner)).toThrow(
    expect.objectContaining({ code: 'busy', message: expect.stringContaining(`is in "${folder.path}"`) }),
  )
  first?.[Symbol.dispose]()
  lockRoot(inner)?.[Symbol.dispose]()
})

it('what is no lock is told from one that another server holds', () => {
  fs.writeFileSync(folder.at('junk'), 'x'.repeat(5_000))
  fs.mkdirSync(folder.at('directory'))
  for (const name of ['junk', 'directory'])
    expect(() => lockInstance(folder.at(name))).toThrow(
      expect.objectContaining({ code: 'io', message: expect.stringMatching(`${name}".*remove it`) }),
    )
})

it('two state folders do not know each other', () => {
  using _ = lockInstance(folder.at('one.lock'))
  using __ = lockInstance(folder.at('two.lock'))
})

it('a server that was killed leaves nothing locked', async () => {
  const file = folder.at('instance.lock')
  const script = `
    import { lockInstance } from ${MODULE}
    globalThis.held = lockInstance(${JSON.stringify(file)})
    console.log('held')
    setInterval(() => {}, 1_000)
  `
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(holder.stdout, 'data')
    expect(() => lockInstance(file)).toThrow(expect.objectContaining({ code: 'busy' }))
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'close')
  }
  lockInstance(file)[Symbol.dispose]()
})
