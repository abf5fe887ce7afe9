import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { formatAddress, Profiles } from './profiles.ts'

const keys = {
  salt: Buffer.alloc(16, 1),
  iterations: 600_000,
  clientKey: Buffer.alloc(32, 2),
  serverKey: Buffer.alloc(32, 3),
}
const anna = { host: 'nas', port: 7021, user: 'anna', plaintext: false, keys }

let folder: TempDir
let logins: Profiles
beforeEach(() => {
  folder = new TempDir()
  logins = new Profiles(folder.at('config'))
})
afterEach(() => folder[Symbol.dispose]())

describe('the logins', () => {
  it('are there for the next program, readable by nobody else', () => {
    logins.save('nas', anna)
    expect(new Profiles(folder.at('config')).get('nas')).toEqual(anna)
    expect(fs.statSync(folder.at('config', 'logins.json')).mode & 0o777).toBe(0o600)
    expect(fs.statSync(folder.at('config')).mode & 0o777).toBe(0o700)
    expect(fs.readdirSync(folder.at('config'))).toEqual(['logins.json'])
  })

  it('are none at first, and names of nothing lead nowhere', () => {
    expect(logins.last).toBeUndefined()
    for (const name of ['nas', '__proto__', 'constructor', '']) expect(logins.get(name), name).toBeUndefined()
  })

  it('that are forgotten are gone, and no longer the last one', () => {
    logins.save('nas', anna)
    logins.save('other', { ...anna, keys: undefined, user: 'anonymous' })
    expect(logins.last).toBe('other')
    logins.remove('other')
    expect(logins.last).toBeUndefined()
    expect(logins.get('other')).toBeUndefined()
    expect(logins.get('nas')).toEqual(anna)
  })

  it.each([
    ['are damaged', (file: string) => fs.writeFileSync(file, '{"last":')],
    ['hold something else', (file: string) => fs.writeFileSync(file, '{"last":1,"profiles":[]}')],
    ['can be read by others', (file: string) => fs.chmodSync(file, 0o644)],
  ])('that %s are refused, and not written over', (_, change) => {
    logins.save('nas', anna)
    const file = folder.at('config', 'logins.json')
    change(file)
    const before = fs.readFileSync(file, 'utf8')
    for (const action of [() => logins.last, () => logins.get('nas'), () => logins.save('x', anna)])
      expect(action).toThrow(expect.objectContaining({ code: 'config' }))
    expect(fs.readFileSync(file, 'utf8')).toBe(before)
  })

  it('name servers as they are typed', () => {
    expect(formatAddress({ host: 'nas', port: 7021 })).toBe('nas')
    expect(formatAddress({ host: 'nas', port: 1 })).toBe('nas:1')
    expect(formatAddress({ host: '::1', port: 7021 })).toBe('[::1]')
    expect(formatAddress({ host: '::1', port: 1 })).toBe('[::1]:1')
  })
})
