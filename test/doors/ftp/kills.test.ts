import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { ContestedFile } from '../../support/contested-file.ts'
import { MIB, randomNumbers, serverPartials } from '../../support/files.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { TempDir } from '../../support/temp-dir.ts'

/** How many; more of them with FTP_KILLS. */
const KILLS = Number(process.env.FTP_KILLS ?? 20)
const SEED = Number(process.env.SEED ?? 1)
const SIZE = 12 * MIB + 17
/** So many kills for each file. */
const KILLS_OF_ONE = 4
/** The longest time from one kill to the next, with everything that is moved meanwhile. */
const SECONDS_FOR_ONE = 60

it(`kill -9 of the server in the middle of uploads by curl, ${KILLS} times (SEED=${SEED}): nothing wrong under a name, and each upload is finished`, {
  timeout: KILLS * SECONDS_FOR_ONE * 1_000,
}, async () => {
  using folder = new TempDir()
  const root = folder.folder('root')
  const random = randomNumbers(SEED)
  let kills = 0
  let resent = 0
  for (let round = 0; kills < KILLS; round++) {
    const file = new ContestedFile(root, { round, index: 1, size: SIZE })
    const { bytes } = file
    let sent = 0
    for (let turn = 0; ; turn++) {
      await using server = await ServerProcess.start({ root, args: ['--ftp', '--ftp-port', '0'] })
      const isKilled = turn < KILLS_OF_ONE && kills < KILLS
      const url = `ftp://127.0.0.1:${await ftpPort(server)}/${file.name}`
      const curl = spawn('curl', ['-sS', '-C', '-', '-w', '%{size_upload}', '-T', '-', url])
      const output = Promise.all([text(curl.stdout), text(curl.stderr)])
      const closed = new Promise<number | null>((resolve) => curl.once('close', resolve))
      curl.stdin.on('error', () => {})
      const first = isKilled ? Math.floor(random() * SIZE) : 0
      await new Promise((resolve) => curl.stdin.write(bytes.subarray(0, first), resolve))
      if (isKilled) {
        await server.kill()
        kills++
      }
      curl.stdin.end(bytes.subarray(first))
      const code = await closed
      const [stdout] = await output
      sent += Number(stdout)
      file.expectWhole()
      if (code === 0) break
    }
    file.expectStored()
    expect(serverPartials(root)).toEqual([])
    resent += Math.max(0, sent - SIZE)
  }
  console.log(`${kills} kills; ${(resent / kills / MIB).toFixed(1)} MiB sent again for each`)
})

/** The port for FTP of a server that listens. */
async function ftpPort(server: ServerProcess): Promise<number> {
  const { doors } = await server.program.event('listening')
  for (const { door, url } of Array.isArray(doors) ? doors : [])
    if (door === 'ftp') return Number(new URL(url).port)
  throw new Error('the server has no port for FTP')
}
