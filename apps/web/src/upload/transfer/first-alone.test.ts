import { expect, it } from 'vitest'
import { firstAlone } from './first-alone.ts'

it('lets the first request go alone, and the others when it is answered', async () => {
  const answers: PromiseWithResolvers<Response>[] = []
  const send = firstAlone(() => {
    const answer = Promise.withResolvers<Response>()
    answers.push(answer)
    return answer.promise
  })
  const sent = [send('a', {}), send('b', {}), send('c', {})]
  expect(answers).toHaveLength(1)
  answers[0]?.resolve(new Response())
  await sent[0]
  await expect.poll(() => answers.length).toBe(3)
})

it('lets another one go alone if the first is lost', async () => {
  let requests = 0
  const send = firstAlone(async () => {
    if (++requests === 1) throw new Error('lost')
    return new Response()
  })
  await expect(send('a', {})).rejects.toThrow('lost')
  await send('b', {})
  expect(requests).toBe(2)
})
