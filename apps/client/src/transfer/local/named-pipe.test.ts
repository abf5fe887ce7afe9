import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { close, openToRead, openToWrite } from './named-pipe.ts'

const NEVER = new AbortController().signal

let folder: TempDir
let pipe: string
beforeEach(() => {
  folder = new TempDir()
  pipe = folder.at('pipe')
  execFileSync('mkfifo', [pipe])
})
afterEach(() => folder[Symbol.dispose]())

describe('reading', () => {
  it('waits for a writer of a named pipe, and ends where it ends', async () => {
    const reading = text(openToRead(pipe, NEVER))
    const writer = await openToWrite(pipe, NEVER)
    writer.write('one ')
    writer.write('two')
    await close(writer)
    expect(await reading).toBe('one two')
  })

  it('ends with the reason of the signal while nobody writes', async () => {
    const stop = new AbortController()
    const reading = text(openToRead(pipe, stop.signal))
    stop.abort(new Error('interrupted'))
    await expect(reading).rejects.toThrow('interrupted')
    expect(() => openToRead(pipe, stop.signal)).toThrow('interrupted')
  })

  it('sees the end of a pipe whose writer is gone, as of <(command) in a shell', () => {
    const script = `import { openToRead } from ${JSON.stringify(new URL('named-pipe.ts', import.meta.url).href)}
      import { text } from 'node:stream/consumers'
      console.log(await text(openToRead('/dev/fd/9', new AbortController().signal)))`
    const run = (writer: string): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `exec 9< <(${writer}); wait $!; exec "$0" --input-type=module -e "$1"`,
          process.execPath,
          script,
        ],
        {
          cwd: import.meta.dirname,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
    expect(run('echo a list')).toBe('a list\n\n')
    expect(run('true')).toBe('\n')
  })

  it('reads a regular file, and fails as the system does', async () => {
    fs.writeFileSync(folder.at('file'), 'x'.repeat(100_000))
    expect(await text(openToRead(folder.at('file'), NEVER))).toHaveLength(100_000)
    expect(() => openToRead(folder.at('none'), NEVER)).toThrow('ENOENT')
    expect(() => openToRead(folder.path, NEVER)).toThrow(expect.objectContaining({ code: 'EISDIR' }))
  })
})

describe('writing', () => {
  it('waits for a reader of a named pipe', async () => {
    const opening = openToWrite(pipe, NEVER)
    const reader = openToRead(pipe, NEVER)
    const writer = await opening
    writer.write('bytes')
    await close(writer)
    expect(await text(reader)).toBe('bytes')
  })

  it('ends with the reason of the signal while nobody reads', async () => {
    const stop = new AbortController()
    const opening = openToWrite(pipe, stop.signal)
    stop.abort(new Error('interrupted'))
    await expect(opening).rejects.toThrow('interrupted')
  })

  it('fails at once at a socket, which cannot be opened at all', async () => {
    const server = net.createServer().listen(folder.at('socket'))
    await expect(openToWrite(folder.at('socket'), NEVER)).rejects.toThrow('ENXIO')
    server.close()
  })

  it('writes to a device', async () => {
    const device = await openToWrite('/dev/null', NEVER)
    device.write('x')
    await close(device)
    expect(device.destroyed).toBe(true)
  })
})
