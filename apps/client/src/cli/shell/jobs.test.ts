import { expect, it } from 'vitest'
import { Jobs } from './jobs.ts'

it('Jobs tell how far they are, and go on when nobody waits for them any more', async () => {
  const jobs = new Jobs()
  const { promise: end, resolve } = Promise.withResolvers<number>()
  jobs.start('get big.iso &', ({ total, write }) => {
    total.found(200)
    total.file(200).moved(50)
    write('received\n')
    return end
  })
  jobs.start('sync a :a &', ({ total }) => {
    total.found(200)
    total.foundAll()
    const file = total.file(200)
    file.phase('check')
    file.moved(200)
    file.resumed(100, 200)
    file.phase('transfer')
    file.moved(150)
    return end
  })
  expect(jobs.list()).toEqual(['[1] running  50 B  get big.iso &', '[2] running  75%  150 B  sync a :a &'])
  const interrupt = new AbortController()
  const waiting = jobs.wait(undefined, interrupt.signal)
  interrupt.abort()
  await expect(waiting).rejects.toThrow('the wait has ended, but the jobs go on')
  resolve(0)
  expect(await jobs.wait(undefined, new AbortController().signal)).toBe(0)
  expect(jobs.takeEnded()).toEqual(['[1] done  get big.iso &\nreceived', '[2] done  sync a :a &'])
})
