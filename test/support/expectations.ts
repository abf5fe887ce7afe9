import { expect } from 'vitest'
import type { RawClient } from './raw-client.ts'

/** Expects one error without an id, then the end of the connection. */
export async function expectEnd(client: RawClient, code: string): Promise<void> {
  const [last, ...more] = (await client.rest()).filter(({ reply }) => reply.type !== 'progress')
  expect(last?.reply).toMatchObject({ type: 'error', code })
  expect(last?.reply).not.toHaveProperty('id')
  expect(more).toEqual([])
}

/** Expects that the connection is still fully usable. */
export async function expectKept(client: RawClient): Promise<void> {
  expect(await client.ask({ type: 'ping' }, 'done')).toMatchObject({ type: 'done' })
}
