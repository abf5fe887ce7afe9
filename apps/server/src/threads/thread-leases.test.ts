import { TransferError } from '@ftp/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ToMain } from './messages.ts'
import { ThreadLeases } from './thread-leases.ts'

let sent: ToMain[]
let leases: ThreadLeases
beforeEach(() => {
  sent = []
  leases = new ThreadLeases((message) => sent.push(message))
})

describe('the leases of a thread', () => {
  it('are asked for by message, each under its own ticket, and had when they are granted', async () => {
    const first = leases.acquire('a')
    const second = leases.acquire('b')
    expect(sent).toEqual([
      { type: 'lease-acquire', ticket: 1, key: 'a' },
      { type: 'lease-acquire', ticket: 2, key: 'b' },
    ])
    leases.receive({ type: 'lease-granted', ticket: 2, granted: true })
    leases.receive({ type: 'lease-granted', ticket: 1, granted: true })
    expect((await first).signal.aborted).toBe(false)
    expect((await second).signal).not.toBe((await first).signal)
  })

  it('that are refused say that another connection holds them', async () => {
    const lease = leases.acquire('a')
    leases.receive({ type: 'lease-granted', ticket: 1, granted: false })
    await expect(lease).rejects.toMatchObject({ code: 'busy' })
  })

  it('that somebody else wants are aborted with taken_over, the others go on', async () => {
    const [wanted, other] = [leases.acquire('a'), leases.acquire('b')]
    for (const ticket of [1, 2]) leases.receive({ type: 'lease-granted', ticket, granted: true })
    leases.receive({ type: 'lease-wanted', ticket: 1 })
    expect((await wanted).signal.reason).toMatchObject({ code: 'taken_over' })
    expect((await other).signal.aborted).toBe(false)
  })

  it('are given up at once by whoever is cancelled while waiting, even when they are granted meanwhile', async () => {
    const cancel = new AbortController()
    const lease = leases.acquire('a', cancel.signal)
    cancel.abort(new TransferError('cancelled', 'the client cancelled the request'))
    await expect(lease).rejects.toMatchObject({ code: 'cancelled' })
    leases.receive({ type: 'lease-granted', ticket: 1, granted: true })
    expect(sent.slice(1)).toEqual([{ type: 'lease-release', ticket: 1 }])
    await expect(leases.acquire('b', cancel.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(sent).toHaveLength(2)
  })

  it('are given back once, however often they are disposed of', async () => {
    const lease = leases.acquire('a')
    leases.receive({ type: 'lease-granted', ticket: 1, granted: true })
    const held = await lease
    sent.length = 0
    held[Symbol.dispose]()
    held[Symbol.dispose]()
    expect(sent).toEqual([{ type: 'lease-release', ticket: 1 }])
    leases.receive({ type: 'lease-wanted', ticket: 1 })
    expect(held.signal.aborted).toBe(false)
  })
})
