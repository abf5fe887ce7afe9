import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ChaosProxy } from '../../support/chaos-proxy.ts'
import { MIB, randomBytes, randomNumbers, serverPartials } from '../../support/files.ts'
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
        uploads.forEach(expectRight)
        await site.restart()
      } else await ended
      uploads.forEach(expectRight)
      continuing = await unfinished(site, uploads)
    }
    for (const { file, bytes } of uploads) expect(fs.readFileSync(file).equals(bytes)).toBe(true)
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
  /** The file that it becomes, and what is there until then. */
  readonly file: string
  readonly old: Buffer | undefined
  /** The file from which curl reads. */
  readonly source: string
  readonly bytes: Buffer
}

/** Begins an upload: every other one replaces a file. */
async function begin(site: Site, round: number, size: number, index: number): Promise<Upload> {
  const name = `${index}.bin`
  const file = path.join(site.root, name)
  const bytes = randomBytes(size, round * 100 + index)
  const old = index % 2 === 0 ? Buffer.from('old') : undefined
  if (old === undefined) fs.rmSync(file, { force: true })
  else fs.writeFileSync(file, old)
  const source = path.join(site.home, name)
  fs.writeFileSync(source, bytes)
  const headers = index === 0 ? {} : { 'upload-length': String(size) }
  const id = await beginUpload(destination(site), `/files/${name}`, { headers })
  return { id, file, old, source, bytes }
}

function destination({ port }: Site) {
  return { host: '127.0.0.1', port, fingerprint: undefined }
}

/** Sends the rest of an upload by curl, through the proxy. The server may be killed meanwhile. */
async function send(site: Site, proxy: ChaosProxy, { id, source, bytes }: Upload): Promise<void> {
  const { offset } = await stateOf(destination(site), id)
  const rest = `${source}.rest`
  fs.writeFileSync(rest, bytes.subarray(offset))
  const fields = Object.entries(partFields(offset, true)).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const target = `http://127.0.0.1:${proxy.port}${id}`
  await runForeign('curl', ['-s', '-f', '-X', 'PATCH', ...fields, '-T', rest, target], { cwd: site.home })
}

/** Whatever happens, the name shows all of the new file or all of the old one. */
function expectRight({ file, old, bytes }: Upload): void {
  const there = fs.existsSync(file) ? fs.readFileSync(file) : undefined
  if (there === undefined) expect(old).toBeUndefined()
  else
    expect(
      [old, bytes].some((version) => version?.equals(there)),
      file,
    ).toBe(true)
}

/** Those that the server does not say to be complete. */
async function unfinished(site: Site, uploads: readonly Upload[]): Promise<Upload[]> {
  const states = await Promise.all(uploads.map(({ id }) => stateOf(destination(site), id)))
  return uploads.filter((_, index) => states[index]?.isComplete === false)
}
