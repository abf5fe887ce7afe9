import { beforeEach, describe, expect, it } from 'vitest'
import type { ToThread } from './messages.ts'
import { PasswordDesk } from './password-desk.ts'

/** What a handler thread was told: `1 derive`. */
class Thread {
  readonly #told: string[] = []

  post(message: ToThread): void {
    if (message.type === 'password-turn') this.#told.push(`${message.ticket} ${message.answer}`)
  }

  heard(): string[] {
    return this.#told.splice(0)
  }
}

let now: number
let desk: PasswordDesk
let one: Thread
let two: Thread
beforeEach(() => {
  now = 0
  desk = new PasswordDesk(() => now)
  one = new Thread()
  two = new Thread()
})

/** @param source by default every question comes from a source of its own */
function ask(thread: Thread, ticket: number, tag: string, source = tag): void {
  desk.ask({ thread, ticket }, tag, source)
}

describe('the password desk', () => {
  it('lets one password be derived at a time, in the order in which they were asked', () => {
    ask(one, 1, 'a')
    ask(two, 1, 'b')
    ask(one, 2, 'c')
    expect([one.heard(), two.heard()]).toEqual([['1 derive'], []])
    desk.end(one, 1, 'wrong')
    expect([one.heard(), two.heard()]).toEqual([[], ['1 derive']])
    desk.end(two, 1, 'right')
    expect([one.heard(), two.heard()]).toEqual([['2 derive'], []])
  })

  it('derives once what several ask at the same time, whether the answer is right or wrong', () => {
    for (const result of ['wrong', 'right'] as const) {
      for (const ticket of [1, 2]) ask(one, ticket, 'a')
      ask(two, 3, 'a')
      desk.end(one, 1, result)
      expect([one.heard(), two.heard()]).toEqual([['1 derive', `2 ${result}`], [`3 ${result}`]])
    }
  })

  it('remembers for five minutes what was right, and nothing that was wrong', () => {
    ask(one, 1, 'a')
    desk.end(one, 1, 'wrong')
    ask(one, 2, 'a')
    desk.end(one, 2, 'right')
    now = 299_999
    ask(two, 3, 'a')
    expect([one.heard(), two.heard()]).toEqual([['1 derive', '2 derive'], ['3 right']])
    now = 300_000
    ask(two, 4, 'a')
    expect(two.heard()).toEqual(['4 derive'])
  })

  it('remembers a bounded number, of which it forgets the oldest', () => {
    for (let tag = 0; tag < 1_025; tag++) {
      ask(one, tag, String(tag))
      desk.end(one, tag, 'right')
    }
    one.heard()
    ask(one, 1, '1')
    ask(one, 0, '0')
    expect(one.heard()).toEqual(['1 right', '0 derive'])
  })

  it('refuses the seventeenth that waits, and the ninth of one source', () => {
    for (let ticket = 0; ticket < 18; ticket++) ask(one, ticket, String(ticket))
    expect(one.heard()).toEqual(['0 derive', '17 busy'])
    // Who asks what somebody waits for takes no place.
    ask(two, 1, '16')
    for (let ticket = 0; ticket < 9; ticket++) desk.end(one, ticket, 'wrong')
    one.heard()
    for (let ticket = 30; ticket < 38; ticket++) ask(two, ticket, String(ticket), '9')
    expect(two.heard()).toEqual([])
    for (let ticket = 9; ticket < 17; ticket++) desk.end(one, ticket, 'wrong')
    expect(two.heard()).toEqual(['1 wrong', '30 derive'])
    for (const ticket of [50, 51]) ask(one, ticket, String(ticket), '9')
    ask(one, 52, '52', 'another')
    expect(one.heard().slice(-1)).toEqual(['51 busy'])
  })

  it('passes the turn on from whoever gives up: first to those who ask the same', () => {
    ask(one, 1, 'a')
    ask(two, 2, 'b')
    ask(two, 3, 'a')
    ask(one, 4, 'c')
    desk.end(one, 4)
    desk.end(one, 1)
    expect([one.heard(), two.heard()]).toEqual([['1 derive'], ['3 derive']])
    desk.end(two, 3)
    expect(two.heard()).toEqual(['2 derive'])
    // The one that gave up while it waited does not come.
    desk.end(two, 2, 'right')
    expect(one.heard()).toEqual([])
    ask(one, 5, 'd')
    expect(one.heard()).toEqual(['5 derive'])
  })

  it('passes the turn on from a thread that has died', () => {
    for (const [ticket, tag] of ['a', 'b', 'c'].entries()) ask(one, ticket, tag)
    ask(two, 7, 'b')
    ask(two, 8, 'd')
    desk.forget(one)
    expect(two.heard()).toEqual(['7 derive'])
    desk.end(two, 7, 'right')
    expect(two.heard()).toEqual(['8 derive'])
  })

  it('believes only the one whose turn it is', () => {
    ask(one, 1, 'a')
    ask(two, 1, 'b')
    desk.end(two, 1, 'right')
    desk.end(one, 9, 'right')
    expect([one.heard(), two.heard()]).toEqual([['1 derive'], []])
    desk.end(one, 1, 'wrong')
    ask(two, 2, 'b')
    expect(two.heard()).toEqual(['2 derive'])
  })
})
