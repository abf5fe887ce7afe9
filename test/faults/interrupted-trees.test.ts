import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { randomBytes } from '../support/files.ts'
import { Site } from '../support/site.ts'

/**
 * So many that one connection cannot have all files in flight at once, and that at the rate below seconds of work are
 * left when Ctrl-C comes: a busy machine is late with it.
 */
const FILES = 1_000
const SIZE = 60_000

/** After how many lines of output Ctrl-C comes: while files wait for room, and while some of them are done. */
const MOMENTS = [1, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]

it('Ctrl-C ends a tree with 130 and a summary, whatever its files are waiting for', async () => {
  await using site = await Site.open()
  const bytes = randomBytes(SIZE, 1)
  for (const folder of [path.join(site.home, 'here'), path.join(site.root, 'there')]) {
    fs.mkdirSync(folder)
    for (let number = 0; number < FILES; number++) fs.writeFileSync(path.join(folder, `${number}`), bytes)
  }
  for (const [index, lines] of MOMENTS.entries()) {
    const commands = [
      ['put', '-r', 'here', '--to', `up ${index}`],
      ['get', '-r', 'there', '-o', `down ${index}`],
      ['sync', 'here', `:synced ${index}`],
    ]
    const jobs = ['2', '4', '1'][Math.floor(index / commands.length) % 3] ?? '1'
    const command = [...(commands[index % commands.length] ?? []), '-j', jobs]
    await using client = site.start(command, { global: ['--json', '--limit-rate', '12M'] })
    await client.until(() => client.stdout.toString().split('\n').length > lines || undefined)
    const { code } = await client.kill('SIGINT')
    const last = client.events.at(-1)
    expect({ command, code, last }).toMatchObject({ code: 130, last: { event: 'summary', exitCode: 130 } })
  }
})
