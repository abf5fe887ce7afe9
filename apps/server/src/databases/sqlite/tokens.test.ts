import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord } from '../../../../../test/support/accounts.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { hashOf } from '../../state/secret.ts'
import type { NewToken } from '../../state/tokens.ts'
import { Accounts } from './accounts.ts'
import { openDatabase } from './database.ts'
import { Tokens } from './tokens.ts'

const NOW = 1_700_000_000_000_000

let folder: TempDir
let database: DatabaseSync
let tokens: Tokens
beforeEach(() => {
  folder = new TempDir()
  database = openDatabase(folder.at('state.db'))
  for (const name of ['anna', 'otto']) new Accounts(database).add(accountRecord(name))
  tokens = new Tokens(database)
})
afterEach(() => {
  database.close()
  folder[Symbol.dispose]()
})

function wanted(changes: Partial<NewToken> = {}): NewToken {
  return { account: 'anna', name: 'laptop', permissions: undefined, expires: undefined, ...changes }
}

describe('tokens', () => {
  it('have 160 random bits and a prefix, and are stored as a hash', () => {
    const made = ['a', 'b'].map((name) => tokens.add(wanted({ name })))
    for (const token of made) expect(token).toMatch(/^ftpt_[0-9a-z]{31}$/)
    expect(new Set(made).size).toBe(2)
    const stored = JSON.stringify(database.prepare('SELECT * FROM tokens').all())
    for (const token of made) expect(stored).not.toContain(token.slice(5))
    const rows = database.prepare('SELECT hash FROM tokens ORDER BY name').all()
    expect(rows.map(({ hash }) => hash)).toEqual(made.map((token) => new Uint8Array(hashOf(token))))
  })

  it('are found until they expire', () => {
    const token = tokens.add(wanted({ expires: NOW, permissions: ['list', 'read'] }))
    expect(tokens.find(token, NOW - 1)).toMatchObject({
      name: 'laptop',
      permissions: ['list', 'read'],
      expires: NOW,
    })
    expect(tokens.find(token, NOW)).toBeUndefined()
    expect(tokens.find(`${token}x`, NOW - 1)).toBeUndefined()
    expect(tokens.list('anna')).toHaveLength(1)
  })

  it('have one name each within an account', () => {
    tokens.add(wanted())
    tokens.add(wanted({ account: 'otto' }))
    expect(() => tokens.add(wanted())).toThrow(expect.objectContaining({ code: 'exists' }))
  })

  it('are removed by the name, and only for their own account', () => {
    const token = tokens.add(wanted())
    expect(() => tokens.remove('otto', 'laptop')).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(tokens.find(token)).toBeDefined()
    tokens.remove('anna', 'laptop')
    expect(tokens.find(token)).toBeUndefined()
  })

  it('go with their account, and do not come back with another one of the same name', () => {
    const token = tokens.add(wanted())
    const others = tokens.add(wanted({ account: 'otto' }))
    const accounts = new Accounts(database)
    accounts.remove('anna')
    accounts.add(accountRecord('anna'))
    expect(tokens.find(token)).toBeUndefined()
    expect(tokens.find(others)).toBeDefined()
  })

  it('remember their last use, to the minute', () => {
    const token = tokens.add(wanted())
    const used = (at: number): number | undefined => {
      const record = tokens.find(token)
      if (record !== undefined) tokens.use(token, record, at)
      return tokens.find(token)?.used
    }
    expect(tokens.find(token)?.used).toBeUndefined()
    expect(used(NOW)).toBe(NOW)
    expect(used(NOW + 59_999_999)).toBe(NOW)
    expect(used(NOW + 60_000_000)).toBe(NOW + 60_000_000)
  })

  it('are at most a hundred for an account', () => {
    for (let index = 0; index < 100; index++) tokens.add(wanted({ name: `t${index}` }))
    expect(() => tokens.add(wanted())).toThrow(expect.objectContaining({ code: 'forbidden' }))
    tokens.add(wanted({ account: 'otto' }))
  })
})

describe('the generation of an account', () => {
  it('changes with every change to the account, and with no other', () => {
    const accounts = new Accounts(database)
    const generation = (): string | undefined => accounts.verifierOf('anna')?.generation
    const seen = new Set([generation()])
    const anna = accountRecord('anna')
    const changes = [
      () => accounts.set({ ...anna, permissions: ['read'] }),
      () => accounts.set({ ...anna, enabled: false }),
      () => accounts.set({ ...anna, doors: ['ftx'] }),
      () => accounts.setVerifier('anna', { ...anna.verifier, salt: new Uint8Array(16).fill(7) }),
      () => database.exec("UPDATE accounts SET rate = 5 WHERE name = 'anna'"),
      () => {
        accounts.remove('anna')
        accounts.add(anna)
      },
    ]
    for (const [index, change] of changes.entries()) {
      change()
      expect(generation(), String(index)).toMatch(/^[0-9a-f]{32}$/)
      expect(seen.size).toBe(index + 1)
      seen.add(generation())
    }
    accounts.set({ ...accountRecord('otto'), enabled: false })
    tokens.add(wanted())
    expect(seen).toContain(generation())
    expect(seen.size).toBe(changes.length + 1)
  })
})
