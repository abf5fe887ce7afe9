import fs from 'node:fs'
import { expect, it } from 'vitest'
import { ChaosProxy } from '../../support/chaos-proxy.ts'
import { ContestedFile } from '../../support/contested-file.ts'
import { MIB, randomNumbers, serverPartials } from '../../support/files.ts'
import { runForeign } from '../../support/foreign-program.ts'
import { beginUpload, partFields, stateOf } from '../../support/http-upload.ts'
import { Site } from '../../support/site.ts'

/** How many; `pnpm torture http` kills two hundred times. */
const KILLS = Number(process.env.HTTP_KILLS ?? 20)
const SEED = Number(process.env.SEED ?? 1)
/** Those of one round, which curl uploads at the same time. */
const SIZES = [3 * MIB + 5, 12 * MIB + 17, 24 * MIB]
const TOTAL = SIZES.reduce((sum, size) => sum + size, 0)
/** The longest time from one kill to the next, with everything that is moved meanwhile. */
const SECONDS_FOR_ONE = 60
/** So many kills for each round of uploads. */
const KILLS_OF_ONE = 5

it(`kill -9 of the server in the middle of uploads by curl, ${KILLS} times (SEED=${SEED}): nothing wrong under a name, and each upload finished by its client`, {
  timeout: KILLS * SECONDS_FOR_ONE * 1_000,
}, async () => {
  await using site = await Site.open({ threads: 2 })
  await using proxy = await ChaosProxy.start(() => site.port)
  const random = randomNumbers(SEED)
  const sent = { whole: 0, again: 0 }
  let kills = 0
  for (let round = 0; kills < KILLS; round++) {
    const uploads = await Promise.all(SIZES.map((size, index) => begin(site, round, size, index)))
    const before = proxy.bytes.up
    let continuing = uploads
    for (let turn = 0; continuing.length > 0; turn++) {
      const ended = Promise.all(continuing.map((upload) => send(site, proxy, upload)))
      if (turn < KILLS_OF_ONE && kills < KILLS) {
        const reached = proxy.passed('up', proxy.bytes.up + (random() * TOTAL) / 3)
        await Promise.race([reached, ended])
        await site.server.kill()
        kills++
        await ended
        for (const { file } of uploads) file.expectWhole()
        await site.restart()
      } else await ended
      for (const { file } of uploads) file.expectWhole()
      continuing = await unfinished(site, uploads)
    }
    for (const { file } of uploads) file.expectStored()
    expect(serverPartials(site.root)).toEqual([])
    sent.whole += TOTAL
    sent.again += Math.max(0, proxy.bytes.up - before - TOTAL)
  }
  console.log(
    `${kills} kills; ${(sent.whole / MIB).toFixed(0)} MiB stored, and ${(sent.again / kills / MIB).toFixed(1)} MiB sent again for each kill`,
  )
})

interface Upload {
  /** The path on the server at which it continues. */
  readonly id: string
  readonly file: ContestedFile
  /** The file from which curl reads. */
  readonly source: string
}

async function begin(site: Site, round: number, size: number, index: number): Promise<Upload> {
  const file = new ContestedFile(site.root, { round, index, size })
  const headers = index === 0 ? {} : { 'upload-length': String(size) }
  const id = await beginUpload(destination(site), `/files/${file.name}`, { headers })
  return { id, file, source: file.writeTo(site.home) }
}

function destination({ port }: Site) {
  return { host: '127.0.0.1', port, fingerprint: undefined }
}

/** Sends the rest of an upload by curl, through the proxy. The server may be killed meanwhile. */
async function send(site: Site, proxy: ChaosProxy, { id, source, file }: Upload): Promise<void> {
  const { offset } = await stateOf(destination(site), id)
  const rest = `${source}.rest`
  fs.writeFileSync(rest, file.bytes.subarray(offset))
  const fields = Object.entries(partFields(offset, true)).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const target = `http://127.0.0.1:${proxy.port}${id}`
  await runForeign('curl', ['-s', '-f', '-X', 'PATCH', ...fields, '-T', rest, target], { cwd: site.home })
}

/** Those that the server does not say to be complete. */
async function unfinished(site: Site, uploads: readonly Upload[]): Promise<Upload[]> {
  const states = await Promise.all(uploads.map(({ id }) => stateOf(destination(site), id)))
  return uploads.filter((_, index) => states[index]?.isComplete === false)
}
