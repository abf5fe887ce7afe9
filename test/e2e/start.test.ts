import { VERSION } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadedBy, TELL_LOADED } from '../support/loaded.ts'
import { Program } from '../support/program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { Site } from '../support/site.ts'

/*
 * To load modules is most of what a short command does. Counted, because times depend on the machine: whoever needs a
 * few more may raise a number, and what only some commands need is better imported when they run.
 */

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

describe('the client loads', () => {
  it('for a mistyped option the command line, and nothing of what moves files', async () => {
    const { stderr, code } = await site.runProcess(['get', '--nonsense'], { env: TELL_LOADED })
    expect(code).toBe(2)
    const { own, packages } = loadedBy(stderr)
    expect(packages).toEqual(['commander', 'valibot'])
    expect(own.length).toBeLessThan(68)
  })

  it('for a stat no more than a connection', async () => {
    const { stderr, code } = await site.runProcess(['stat', '/'], { env: TELL_LOADED })
    expect(code).toBe(0)
    const { own, packages } = loadedBy(stderr)
    expect(packages).toEqual(['commander', 'valibot'])
    expect(own.length).toBeLessThan(128)
  })

  it('no compiler, once it has been compiled', async () => {
    const env = { ...TELL_LOADED, NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: site.home }
    const version = async (): Promise<boolean> =>
      loadedBy((await site.runProcess(['--version'], { env })).stderr).compiler
    expect(await version()).toBe(true)
    expect(await version()).toBe(false)
  })
})

it('the server loads nothing that counts for Prometheus where nobody asked for it', async () => {
  await using server = ServerProcess.launch({ root: site.home, env: TELL_LOADED })
  await server.event('listening')
  await server.kill('SIGTERM')
  const { packages } = loadedBy(server.stderr)
  expect(packages).toContain('pino')
  expect(packages).not.toContain('prom-client')
})

it.each(['client', 'server'])('for its version, the %s loads nothing else', async (application) => {
  await using program = new Program(`apps/${application}/src/main.ts`, ['--version'], { env: TELL_LOADED })
  const { stdout, stderr, code } = await program.result()
  expect({ code, stdout: String(stdout) }).toEqual({ code: 0, stdout: `${VERSION}\n` })
  const { own, packages } = loadedBy(stderr)
  expect(packages).toEqual([])
  expect(own.length).toBeLessThan(5)
})
