import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
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
  const first = lockInstance(folder.path)
  expect(() => lockInstance(folder.path)).toThrow(
    expect.objectContaining({ code: 'busy', message: expect.stringContaining('--state') }),
  )
  first[Symbol.dispose]()
  lockInstance(folder.path)[Symbol.dispose]()
})

it('a second server on the same folder is refused, whatever its state folder', () => {
  using _ = lockInstance(folder.folder('state'))
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
  fs.writeFileSync(path.join(folder.folder('junk'), 'instance.lock'), 'x'.repeat(5_000))
  folder.folder('directory', 'instance.lock')
  for (const name of ['junk', 'directory'])
    expect(() => lockInstance(folder.at(name))).toThrow(
      expect.objectContaining({
        code: 'io',
        message: expect.stringMatching(`${name}/instance.lock".*remove it`),
      }),
    )
})

it('two state folders do not know each other', () => {
  using _ = lockInstance(folder.folder('one'))
  using __ = lockInstance(folder.folder('two'))
})

it('a server that was killed leaves nothing locked', async () => {
  const script = `
    import { lockInstance } from ${MODULE}
    globalThis.held = lockInstance(${JSON.stringify(folder.path)})
    console.log('held')
    setInterval(() => {}, 1_000)
  `
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(holder.stdout, 'data')
    expect(() => lockInstance(folder.path)).toThrow(expect.objectContaining({ code: 'busy' }))
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'close')
  }
  lockInstance(folder.path)[Symbol.dispose]()
})

it('a server whose lock got lost is told once when another one has taken its place, and never before', async () => {
  const lost = Promise.withResolvers<void>()
  let calls = 0
  using _ = lockInstance(folder.path, () => {
    calls++
    lost.resolve()
  })
  // A network file system drops the locks of a machine that has been cut off; here, the file is replaced.
  fs.rmSync(folder.at('instance.lock'))
  expect(calls).toBe(0)
  using __ = lockInstance(folder.path, () => calls++)
  await lost.promise
  expect(calls).toBe(1)
})
