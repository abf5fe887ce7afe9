import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { request } from '../support/http-client.ts'
import { beginUpload, partFields, sendPart } from '../support/http-upload.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { CHECKS, type Step } from './draft-checks.ts'

/** Whether uploads are those of the draft: its checks as data, and what two clients at a time may see. */
const BYTES = content(200)

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

describe.each(CHECKS.map((check, index) => ({ ...check, name: `check-${index}` })))(
  'section $section',
  ({ title, name, begun, steps, stored }) => {
    it(title, async () => {
      const headers: Record<string, string> =
        typeof begun === 'number' ? { 'upload-length': String(begun) } : {}
      let upload =
        begun === undefined
          ? '/uploads/none'
          : await beginUpload(folder.server, `/files/${name}`, { headers })
      let sent = 0
      for (const step of steps) {
        const { to, fields = {}, body = 0 } = step
        const target = { file: `/files/${name}`, upload, unknown: `/uploads/${'0'.repeat(32)}` }[to]
        const offset = Number(fields['upload-offset'] ?? 0)
        const answer = await request(folder.server, target, {
          method: step.method,
          headers: fields,
          ...(body > 0 && { body: BYTES.subarray(offset, offset + body) }),
        })
        expectAnswer(step, answer)
        upload = answer.headers['location'] ?? upload
        sent++
      }
      expect(sent).toBe(steps.length)
      expect(folder.has(name) ? folder.read(name) : undefined).toEqual(
        stored === undefined ? undefined : BYTES.subarray(0, stored),
      )
    })
  },
)

function expectAnswer(
  { status, answer = {}, problem, ...sent }: Step,
  { status: came, headers, body }: Awaited<ReturnType<typeof request>>,
): void {
  const what = JSON.stringify(sent)
  expect(came, `${what}: ${body}`).toBe(status)
  for (const [name, value] of Object.entries(answer)) {
    const told = headers[name]
    if (value === null) expect(told, `${name} after ${what}`).toBeUndefined()
    else if (typeof value === 'string') expect(told, `${name} after ${what}`).toBe(value)
    else expect(told, `${name} after ${what}`).toMatch(value)
  }
  if (problem === undefined) return
  expect(headers['content-type']).toBe('application/problem+json')
  expect(JSON.parse(body.toString())).toMatchObject(problem)
}

describe('section 4.6, two at a time', () => {
  it('do not both append at one offset', async () => {
    const upload = await beginUpload(folder.server, '/files/raced')
    const part = { offset: 0, bytes: BYTES.subarray(0, 32), isLast: false }
    const answers = await Promise.allSettled([1, 2].map(() => sendPart(folder.server, upload, part)))
    const won = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.status === 204)
    expect(won).toHaveLength(1)
  })

  it('never see an offset that is neither before nor after a part', async () => {
    const upload = await beginUpload(folder.server, '/files/seen')
    const part = { offset: 0, bytes: BYTES.subarray(0, 64), isLast: false }
    const [, head] = await Promise.allSettled([
      sendPart(folder.server, upload, part),
      request(folder.server, upload, { method: 'HEAD' }),
    ])
    if (head.status === 'rejected') throw head.reason
    expect(['0', '64']).toContain(head.value.headers['upload-offset'])
  })

  it('cannot append to what the other gives up', async () => {
    const upload = await beginUpload(folder.server, '/files/given-up')
    const headers = partFields(0, false)
    await Promise.allSettled([
      request(folder.server, upload, { method: 'PATCH', headers, body: BYTES.subarray(0, 64) }),
      request(folder.server, upload, { method: 'DELETE' }),
    ])
    expect((await request(folder.server, upload, { method: 'HEAD' })).status).toBe(404)
    expect(folder.has('given-up')).toBe(false)
  })
})
