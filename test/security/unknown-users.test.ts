import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { type Attempt, attemptLogin } from '../support/login-attempt.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'
import { user } from '../support/user-command.ts'

/**
 * T10: nobody learns from what the server says who has an account. How long it takes is looked at in
 * timing/unknown-users.test.ts.
 */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none' })
  // As the command makes them: with the server's own iteration count.
  await user(folder.root, ['add', 'anna', '--password-stdin'], 'secret words')
  await addAccount(folder.root, 'otto', { enabled: false })
})
afterAll(() => folder[Symbol.asyncDispose]())

function saltOf({ replies: [reply] }: Attempt): string | undefined {
  return reply?.type === 'challenge' ? /s=([^,]*)/.exec(reply.message)?.[1] : undefined
}

/** What must be equal for all users: everything but nonce and salt, of which the lengths. */
function shapeOf({ replies }: Attempt): unknown {
  return replies.map((reply) =>
    reply.type === 'challenge'
      ? reply.message.replace(/(?<=[rs]=)[^,]*/g, (value) => String(value.length))
      : reply,
  )
}

describe('who has no account', () => {
  it('is asked for the same proof, with the same salt each time, and refused in the same words', async () => {
    const known = await attemptLogin(folder, 'anna')
    const names = ['ghost', 'Ghost', 'x'.repeat(200), 'root', 'no body', '../etc', 'ä', 'anonymous']
    for (const name of names) {
      const [one, two] = [await attemptLogin(folder, name), await attemptLogin(folder, name)]
      expect(shapeOf(one), name).toEqual(shapeOf(known))
      expect(saltOf(one), name).toBe(saltOf(two))
    }
    expect(saltOf(await attemptLogin(folder, 'ghost'))).toBe(saltOf(await attemptLogin(folder, 'GHOST')))
    expect(saltOf(await attemptLogin(folder, 'anna'))).toBe(saltOf(await attemptLogin(folder, 'ANNA')))
    const salts = [...names.slice(1), 'anna'].map(async (name) => saltOf(await attemptLogin(folder, name)))
    expect(new Set(await Promise.all(salts)).size).toBe(names.length)
  })

  it('has the same salt when the server has been started again, and another one at another server', async () => {
    using root = new TempDir()
    const options = { anonymous: 'none', root: root.path, threads: 1 } as const
    const seen: unknown[] = []
    for (let start = 0; start < 2; start++) {
      await using again = await ServedFolder.start(options)
      seen.push(saltOf(await attemptLogin(again, 'ghost')))
    }
    expect(seen[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(seen[1]).toBe(seen[0])
    expect(saltOf(await attemptLogin(folder, 'ghost'))).not.toBe(seen[0])
  })
})
