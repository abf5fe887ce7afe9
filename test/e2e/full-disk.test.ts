import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { startClient } from '../support/client-process.ts'
import { until } from '../support/deadline.ts'
import { MIB, randomBytes, serverPartials, writeRandom } from '../support/files.ts'
import { runInFolder } from '../support/in-process-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { Site } from '../support/site.ts'
import { SmallDisk } from '../support/small-disk.ts'
import { TempDir } from '../support/temp-dir.ts'

const DISK = 8 * MIB
const OLD = 'the old file'

describe("A full disk on the server's side", () => {
  it('refuses a file that cannot fit at once, and keeps the old one', async () => {
    using disk = await SmallDisk.mount(DISK)
    using home = new TempDir()
    await using server = await ServerProcess.start({ root: disk.path, under: disk.under })
    fs.writeFileSync(path.join(disk.seen, 'file.bin'), OLD)
    writeRandom(home.at('file.bin'), DISK + 1, 1)
    const client = { port: server.port, config: home.at('config'), cwd: home.path, global: [] }

    const put = await runInFolder(['put', 'file.bin'], client)
    expect(put.code).toBe(8)
    expect(put.stderr).toMatch(/needs [\d.]+ \w+, but the disk has [\d.]+ \w+ free/)
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin'), 'utf8')).toBe(OLD)
    expect(fs.readdirSync(disk.seen).sort()).toEqual(['.ftp-server', 'file.bin'])
  })

  it('that fills up during a put ends it with 8, and it continues when there is room', async () => {
    using disk = await SmallDisk.mount(DISK)
    using home = new TempDir()
    await using server = await ServerProcess.start({ root: disk.path, under: disk.under })
    fs.writeFileSync(path.join(disk.seen, 'file.bin'), OLD)
    const bytes = writeRandom(home.at('file.bin'), 6 * MIB, 2)
    await using proxy = await ChaosProxy.start(server.port, () => ({ up: { stallAfter: 3.5 * MIB } }))
    const client = { port: proxy.port, config: home.at('config'), cwd: home.path, global: [] }

    await using put = startClient(['put', 'file.bin'], client)
    await proxy.stalled
    const [partial = ''] = serverPartials(disk.seen)
    await until('what came is written', () => fs.statSync(partial).size === 3 * MIB)
    const free = fill(disk)
    proxy.release()
    expect((await put.exit).code).toBe(8)
    expect(put.stderr).toContain('the disk on the server is full')
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin'), 'utf8')).toBe(OLD)

    free()
    const again = await runInFolder(['put', 'file.bin'], { ...client, port: server.port })
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('continuing at 3.0 MiB')
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin')).equals(bytes)).toBe(true)
  })

  it('is not left full by a stream that did not fit: nobody could continue it', async () => {
    using disk = await SmallDisk.mount(DISK)
    using home = new TempDir()
    await using server = await ServerProcess.start({ root: disk.path, under: disk.under })
    fs.writeFileSync(path.join(disk.seen, 'file.bin'), OLD)
    const client = { port: server.port, config: home.at('config'), cwd: home.path, global: [] }
    const input = randomBytes(DISK + 1, 7)
    const put = await runInFolder(['put', '-', '--to', 'file.bin'], { ...client, input })
    expect(put.code).toBe(8)
    expect(put.stderr).toContain('the disk on the server is full')
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin'), 'utf8')).toBe(OLD)
    expect(serverPartials(disk.seen)).toEqual([])
  })

  it('does not stop it from giving its files away', async () => {
    using disk = await SmallDisk.mount(DISK)
    using home = new TempDir()
    await using server = await ServerProcess.start({ root: disk.path, under: disk.under })
    const bytes = writeRandom(path.join(disk.seen, 'file.bin'), 3 * MIB, 3)
    // So old that the server would keep its digest, if it could.
    const { ctimeMs } = fs.statSync(path.join(disk.seen, 'file.bin'))
    await until('the file is of age', () => Date.now() - ctimeMs > 2_100)
    fill(disk)
    const client = { port: server.port, config: home.at('config'), cwd: home.path }
    for (const command of [['get', 'file.bin'], ['md5', 'file.bin'], ['ls']])
      expect(await runInFolder(command, client)).toMatchObject({ code: 0, stderr: '' })
    await server.program.says('the audit trail cannot be written')
    expect(await runInFolder(['rm', 'ballast'], client)).toMatchObject({ code: 0, stderr: '' })
    expect(fs.readFileSync(home.at('file.bin')).equals(bytes)).toBe(true)
    // By each thread that had something to say.
    for (const line of server.program.stderr.trim().split('\n'))
      expect(line).toMatch(/the audit trail cannot be written|the state cannot be used/)
  })
})

describe("A full disk on the client's side", () => {
  let site: Site
  beforeAll(async () => {
    site = await Site.open()
  })
  afterAll(() => site[Symbol.asyncDispose]())

  it('refuses a file that cannot fit at once, and keeps the old one', async () => {
    using disk = await SmallDisk.mount(DISK)
    writeRandom(path.join(site.root, 'file.bin'), DISK + 1, 4)
    fs.writeFileSync(path.join(disk.seen, 'file.bin'), OLD)
    const got = await site.runProcess(['get', 'file.bin'], { under: disk.under, global: [] })
    expect(got.code).toBe(8)
    expect(got.stderr).toMatch(/needs [\d.]+ \w+, but the disk has [\d.]+ \w+ free/)
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin'), 'utf8')).toBe(OLD)
    expect(fs.readdirSync(disk.seen)).toEqual(['file.bin'])
  })

  it('that fills up during a get ends it with 8, and it continues when there is room', async () => {
    using disk = await SmallDisk.mount(DISK)
    const bytes = writeRandom(path.join(site.root, 'file.bin'), 6 * MIB, 5)
    fs.writeFileSync(path.join(disk.seen, 'file.bin'), OLD)
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 3.5 * MIB } }))
    const client = { under: disk.under, global: [] }

    await using got = site.start(['get', 'file.bin'], { ...client, port: proxy.port })
    await proxy.stalled
    await until('what came is written', () => partialSize(disk) === 3 * MIB)
    const free = fill(disk)
    proxy.release()
    expect((await got.exit).code).toBe(8)
    expect(got.stderr).toContain('the disk here is full')
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin'), 'utf8')).toBe(OLD)

    free()
    const again = await site.runProcess(['get', 'file.bin'], client)
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('continuing at 3.0 MiB')
    expect(fs.readFileSync(path.join(disk.seen, 'file.bin')).equals(bytes)).toBe(true)
    expect(fs.readdirSync(disk.seen)).toEqual(['file.bin'])
  })
})

function partialSize({ seen }: SmallDisk): number | undefined {
  return fs.statSync(path.join(seen, 'file.bin.ftp.part'), { throwIfNoEntry: false })?.size
}

/** Takes all the space there is. @returns what gives it back */
function fill({ seen }: SmallDisk): () => void {
  const ballast = path.join(seen, 'ballast')
  const fd = fs.openSync(ballast, 'w')
  try {
    for (;;) fs.writeSync(fd, Buffer.alloc(4096))
  } catch {
    fs.closeSync(fd)
  }
  return () => fs.rmSync(ballast)
}
