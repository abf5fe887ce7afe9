import { localPath } from '@ftp/protocol'
import { startServer } from '@ftp/server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { type Line, lineTo, PageUploads } from '../support/page-uploads.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The uploads of the page, without its browser, to a real server. */
const MIB = 1_048_576
const LARGE = content(4 * MIB + 12_345)

let folder: ServedFolder
let line: Line
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none' })
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'otto', {
    home: localPath(['otto']),
    quota: { bytes: 3 * MIB, files: undefined },
  })
})
afterAll(() => folder[Symbol.asyncDispose]())
beforeEach(() => {
  line = lineTo(folder.server)
})

function fileOf(name: string, bytes: Uint8Array = LARGE): File {
  return new File([Uint8Array.from(bytes)], name)
}

/** Whether a file has these bytes. */
function isStored(name: string, bytes: Uint8Array, served = folder): boolean {
  return Buffer.from(bytes).equals(served.read(name))
}

function text(name: string): string {
  return Buffer.from(folder.read(name)).toString()
}

/** Calls back once, when the given part of a file is about to be sent. */
function atPart(part: number, action: (init: RequestInit) => void | Promise<void>): void {
  let parts = 0
  const { intercept } = line
  line.intercept = async (target, init, send) => {
    if (init.method === 'PATCH' && ++parts === part) await action(init)
    return await intercept(target, init, send)
  }
}

describe('files', () => {
  it('of every size arrive with their folders', async () => {
    const page = new PageUploads(line)
    page.queue.add(
      [
        { folder: [], file: fileOf('empty', new Uint8Array(0)) },
        { folder: ['ä b', '深'], file: fileOf('small', LARGE.subarray(0, 1_000)) },
        { folder: ['ä b'], file: fileOf('one block', LARGE.subarray(0, MIB)) },
        { folder: ['ä b', 'none'], file: undefined },
        { folder: [], file: fileOf('large') },
      ],
      [],
    )
    expect(await page.untilOver()).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(folder.read('empty')).toHaveLength(0)
    expect(isStored('ä b/深/small', LARGE.subarray(0, 1_000))).toBe(true)
    expect(isStored('ä b/one block', LARGE.subarray(0, MIB))).toBe(true)
    expect(folder.has('ä b/none')).toBe(true)
    expect(isStored('large', LARGE)).toBe(true)
    expect([...page.queue.uploads].map(({ sent, size }) => sent === size)).not.toContain(false)
  })

  it('are sent four at a time', async () => {
    let [running, most] = [0, 0]
    line.intercept = async (target, init, send) => {
      most = Math.max(most, ++running)
      return await send(target, init).finally(() => running--)
    }
    const page = new PageUploads(line)
    page.add(...Array.from({ length: 20 }, (_, i) => fileOf(`many-${i}`, LARGE.subarray(0, 10))))
    await page.untilOver()
    expect(most).toBe(4)
  })

  it('that cannot be read are reported, and do not stop the others', async () => {
    const unreadable = fileOf('unreadable')
    unreadable.slice = () => {
      throw new DOMException('gone', 'NotReadableError')
    }
    const page = new PageUploads(line)
    page.add(unreadable, fileOf('readable', LARGE.subarray(0, 5)))
    expect(await page.untilOver()).toEqual(['unreadable', 'done'])
    page.queue.cancel([...page.queue.uploads])
    await expect.poll(() => folder.partials()).toEqual([])
  })

  it('that arrive damaged are sent again', async () => {
    atPart(2, (init) => {
      init.body = new Blob([LARGE.subarray(0, MIB).map((byte) => byte ^ 1)])
    })
    const page = new PageUploads(line)
    page.add(fileOf('damaged'))
    expect(await page.untilOver()).toEqual(['done'])
    expect(isStored('damaged', LARGE)).toBe(true)
  })
})

describe('a server', () => {
  it('that is lost is waited for, and the file continues', async () => {
    const served = await ServedFolder.start({ anonymous: 'none' })
    await addAccount(served.root, 'anna')
    line.server = served.server
    atPart(3, async () => await served.server.close())
    const page = new PageUploads(line)
    page.add(fileOf('survives'))
    await page.until(([upload]) => upload?.state.type === 'unreachable')
    const { root } = served
    line.server = await startServer({
      root,
      port: 0,
      host: '127.0.0.1',
      plaintext: true,
      threads: 1,
    })
    expect(await page.untilOver()).toEqual(['done'])
    expect(isStored('survives', LARGE, served)).toBe(true)
    await line.server.close()
    await served[Symbol.asyncDispose]()
  })

  it('that ends the session waits for the login', async () => {
    let isIn = false
    line.intercept = async (target, init, send) =>
      isIn ? await send(target, init) : Response.json({ code: 'login', detail: 'log in' }, { status: 401 })
    const asked = Promise.withResolvers<unknown>()
    const page = new PageUploads(line, { onLoginNeeded: asked.resolve })
    page.add(fileOf('after login', LARGE.subarray(0, 5)), fileOf('after login too', LARGE.subarray(0, 5)))
    await asked.promise
    isIn = true
    page.queue.loggedIn()
    expect(await page.untilOver()).toEqual(['done', 'done'])
  })

  it('that is full says so, and the others continue', async () => {
    const page = new PageUploads(line, { user: 'otto' })
    page.add(fileOf('too large'), fileOf('fits', LARGE.subarray(0, MIB)))
    expect(await page.untilOver()).toEqual(['quota', 'done'])
  })
})

describe('a name that exists', () => {
  async function clash(name: string): Promise<PageUploads> {
    folder.write(name, 'old')
    folder.write(`${name}-2`, 'old')
    const page = new PageUploads(line)
    page.add(
      fileOf(name, LARGE.subarray(0, 5)),
      fileOf(`${name}-2`, LARGE.subarray(0, 2 * MIB)),
      fileOf(`${name}-free`, LARGE.subarray(0, 5)),
    )
    await page.until((all) => all.filter(({ state }) => state.type === 'clashing').length === 2)
    return page
  }

  it('is replaced', async () => {
    const page = await clash('r')
    page.queue.decide('replace')
    expect(await page.untilOver()).toEqual(['done', 'done', 'done'])
    expect(isStored('r', LARGE.subarray(0, 5))).toBe(true)
  })

  it('is skipped', async () => {
    const page = await clash('s')
    page.queue.decide('skip')
    expect(await page.untilOver()).toEqual(['skipped', 'skipped', 'done'])
    expect(text('s')).toBe('old')
  })

  it('is kept beside the new file, which gets the next free name', async () => {
    folder.write('k.b (2).txt', 'older')
    const page = await clash('k.b.txt')
    page.queue.decide('keep-both')
    expect(await page.untilOver()).toEqual(['done', 'done', 'done'])
    expect(text('k.b.txt')).toBe('old')
    expect(text('k.b (2).txt')).toBe('older')
    expect(isStored('k.b (3).txt', LARGE.subarray(0, 5))).toBe(true)
    expect(folder.partials()).toEqual([])
  })

  it('is decided for those whose turn comes later, too', async () => {
    for (let i = 0; i < 12; i++) folder.write(`l-${i}`, 'old')
    const page = new PageUploads(line)
    page.add(...Array.from({ length: 12 }, (_, i) => fileOf(`l-${i}`, LARGE.subarray(0, 5))))
    await page.until((all) => all.some(({ state }) => state.type === 'clashing'))
    page.queue.decide('skip')
    expect(new Set(await page.untilOver())).toEqual(new Set(['skipped']))
  })

  it('belongs to one of two windows that send it at the same time', async () => {
    const [one, other] = [new PageUploads(line), new PageUploads(line)]
    one.add(fileOf('both'))
    other.add(fileOf('both', LARGE.subarray(0, 2 * MIB)))
    const isSettled = ([upload]: readonly { isOver: boolean; state: { type: string } }[]): boolean =>
      upload !== undefined && (upload.isOver || upload.state.type === 'clashing')
    const all = [...(await one.until(isSettled)), ...(await other.until(isSettled))]
    expect(all.map(({ state }) => state.type).toSorted()).toEqual(['clashing', 'done'])
    expect([LARGE.length, 2 * MIB]).toContain(folder.read('both').length)
  })
})

describe('an upload', () => {
  it('is paused and continued', async () => {
    const page = new PageUploads(line)
    atPart(2, () => page.queue.pause())
    page.add(fileOf('paused'))
    const [upload] = await page.until(([one]) => one?.state.type === 'paused')
    expect(upload?.sent).toBeLessThan(LARGE.length)
    page.queue.resume()
    expect(await page.untilOver()).toEqual(['done'])
    expect(isStored('paused', LARGE)).toBe(true)
  })

  it('that is given up leaves nothing', async () => {
    const page = new PageUploads(line)
    atPart(2, () => page.queue.cancel([...page.queue.uploads]))
    page.add(fileOf('given up'))
    await page.until((all) => all.length === 0)
    await expect.poll(() => folder.partials()).toEqual([])
    expect(folder.has('given up')).toBe(false)
  })

  it('that the server has removed is begun again', async () => {
    let upload = ''
    const { intercept } = line
    line.intercept = async (target, init, send) => {
      if (init.method === 'PATCH' && upload === '') {
        upload = target
        await send(target, { method: 'DELETE' })
      }
      return await intercept(target, init, send)
    }
    const page = new PageUploads(line)
    page.add(fileOf('removed'))
    expect(await page.untilOver()).toEqual(['done'])
    expect([...page.queue.uploads][0]?.notice).toBe('restarted')
  })
})

describe('after a reload', () => {
  /** Begins an upload and leaves it after two parts, as a page does that is closed. @returns its URL */
  async function leave(name: string): Promise<string> {
    const page = new PageUploads(line)
    let upload = ''
    const { intercept } = line
    line.intercept = async (target, init, send) => {
      if (init.method === 'PATCH') upload = target
      return await intercept(target, init, send)
    }
    atPart(3, () => page.queue.pause())
    page.add(fileOf(name))
    await page.until(([one]) => one?.state.type === 'paused')
    line = lineTo(folder.server)
    return upload
  }

  async function again(
    earlier: string,
    file: File,
  ): Promise<{ readonly notice: unknown; readonly sent: number }> {
    let sent = 0
    line.intercept = async (target, init, send) => {
      if (init.body instanceof Blob) sent += init.body.size
      return await send(target, init)
    }
    const page = new PageUploads(line, { takeEarlier: async () => earlier })
    page.add(file)
    expect(await page.untilOver()).toEqual(['done'])
    return { notice: [...page.queue.uploads][0]?.notice, sent }
  }

  it('the same file continues', async () => {
    const earlier = await leave('again')
    const { notice, sent } = await again(earlier, fileOf('again'))
    expect(notice).toBe('continued')
    expect(sent).toBeLessThan(LARGE.length)
    expect(isStored('again', LARGE)).toBe(true)
  })

  it.each([
    ['of another size', LARGE.subarray(0, 3 * MIB)],
    ['with other bytes', LARGE.map((byte, i) => (i === 100 ? byte ^ 1 : byte))],
  ])('a file %s starts over', async (name, other) => {
    const earlier = await leave(name)
    const { notice, sent } = await again(earlier, fileOf(name, other))
    expect([notice, sent]).toEqual(['restarted', other.length])
    expect(isStored(name, other)).toBe(true)
    await expect.poll(() => folder.partials()).toEqual([])
  })
})

it('the server has no fault', () => {
  expect(folder.faults).toEqual([])
})
