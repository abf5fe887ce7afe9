import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'vitest'
import { ChaosProxy } from '../../support/chaos-proxy.ts'
import { ContestedFile } from '../../support/contested-file.ts'
import { MIB, randomNumbers } from '../../support/files.ts'
import { HOST, pointTo } from '../../support/sftp-site.ts'
import { Site } from '../../support/site.ts'

/** How many of each kind. */
const KILLS = Number(process.env.SFTP_KILLS ?? 20)
const SEED = Number(process.env.SEED ?? 1)
/** Those of one round, which OpenSSH's sftp uploads at the same time. */
const SIZES = [2 * MIB + 5, 6 * MIB + 17, 10 * MIB]
const TOTAL = SIZES.reduce((sum, size) => sum + size, 0)
/** The longest time from one kill to the next, with everything that is moved meanwhile. */
const SECONDS_FOR_ONE = 60
/** So many kills for each round of uploads. */
const KILLS_OF_ONE = 5

it.each(['server', 'clients'] as const)(
  `kill -9 of the %s in the middle of uploads by sftp, ${KILLS} times (SEED=${SEED}): nothing wrong under a name, and each upload finished`,
  { timeout: KILLS * SECONDS_FOR_ONE * 1_000 },
  async (victim) => {
    await using site = await Site.open()
    await using proxy = await ChaosProxy.start(() => site.port)
    pointTo(site.home, proxy.port, 'anonymous')
    const random = randomNumbers(SEED)
    let kills = 0
    for (let round = 0; kills < KILLS; round++) {
      const uploads = SIZES.map((size, index) => new ContestedFile(site.root, { round, index, size }))
      for (const upload of uploads) upload.writeTo(site.home)
      let continuing = uploads
      for (let turn = 0; continuing.length > 0; turn++) {
        const running = continuing.map((upload) => send(site, upload, turn))
        const ended = Promise.all(running.map(({ done }) => done))
        if (turn < KILLS_OF_ONE && kills < KILLS) {
          const reached = proxy.passed('up', proxy.bytes.up + (random() * TOTAL) / 3)
          await Promise.race([reached, ended])
          if (victim === 'server') await site.server.kill()
          else for (const { child } of running) child.kill('SIGKILL')
          kills++
          await ended
          for (const upload of uploads) upload.expectWhole()
          if (victim === 'server') await site.restart()
        }
        const codes = await ended
        for (const upload of uploads) upload.expectWhole()
        continuing = continuing.filter((_, index) => codes[index] !== 0)
      }
      for (const upload of uploads) upload.expectStored()
    }
  },
)

/** Uploads a file by sftp, or the rest of one that is new. */
function send(
  { home }: Site,
  { name, old }: ContestedFile,
  turn: number,
): { readonly child: ChildProcess; readonly done: Promise<number | null> } {
  // There is nothing to continue if the kill came before the first byte, and sftp fails then.
  const command = turn % 2 === 1 && old === undefined ? 'reput' : 'put'
  const { PATH = '' } = process.env
  const child = spawn('sftp', ['-q', '-F', 'ssh_config', '-b', '-', HOST], {
    cwd: home,
    env: { PATH, HOME: home },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(`${command} ${name}\n`)
  const done = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null))
  return { child, done }
}
