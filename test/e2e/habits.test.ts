import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runHere } from '../support/in-process-client.ts'
import { Site } from '../support/site.ts'

/* What people type who know cp, scp and ls. `~` stands for the home, in which the files `f` and `g` are. */

let site: Site
beforeAll(async () => {
  site = await Site.open()
  for (const name of ['f', 'g']) fs.writeFileSync(local(name), name)
  fs.mkdirSync(local('folder'))
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => {
  for (const name of fs.readdirSync(site.root))
    if (name !== '.ftp-server') fs.rmSync(path.join(site.root, name), { recursive: true })
  for (const name of ['there', 'other']) fs.writeFileSync(path.join(site.root, name), name)
  fs.mkdirSync(path.join(site.root, 'photos'))
})

function local(name: string): string {
  return path.join(site.home, name)
}

async function run(line: string): Promise<{ readonly code: number; readonly said: string }> {
  const args = line.split(' ').map((word) => word.replace(/^~/, site.home))
  const { code, text } = await runHere(args, { ...site, port: site.port, global: ['-q'] })
  return { code, said: text.replaceAll(site.home, '~') }
}

/** All files and directories on the server. */
function tree(): string[] {
  return fs
    .readdirSync(site.root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.ftp-server'))
    .sort()
}

describe('A target that is given as in cp and scp', () => {
  it.each([
    ['put ~/f in/', '"in/" is not here; to store into it on the server, type: ftp-client put ~/f --to in/'],
    [
      'put ~/f ~/g photos',
      '"photos" is not here; to store into it on the server, type: ftp-client put ~/f ~/g --to photos',
    ],
    [
      'put ~/f anna@nas:in',
      '"anna@nas:in" is not here; to store into it on the server, type: ftp-client -s anna@nas put ~/f --to in',
    ],
    [
      'put ~/f nas:',
      '"nas:" is not here; to store into it on the server, type: ftp-client -s nas put ~/f --to /',
    ],
    [
      'get there ~/folder',
      '"~/folder" is not a file on the server; to fetch into it here, type: ftp-client get there -o ~/folder',
    ],
    [
      'get there ~/new/',
      '"~/new/" is not a file on the server; to fetch into it here, type: ftp-client get there -o ~/new/',
    ],
    [
      'get there .',
      '"." is not a file on the server; to fetch into it here, type: ftp-client get there -o .',
    ],
    [
      'get -r photos ~/folder',
      '"~/folder" is not a file on the server; to fetch into it here, type: ftp-client get -r photos -o ~/folder',
    ],
    [
      'get anna@nas:there .',
      '"anna@nas:there" is not on the server; to fetch from anna@nas, type: ftp-client -s anna@nas get there -o .',
    ],
  ])('moves nothing, and gets the line to type: %s', async (line, said) => {
    const before = tree()
    expect(await run(line)).toEqual({ code: 2, said: `ftp-client: ${said}\n` })
    expect(tree()).toEqual(before)
  })

  it.each(['put ~/f ~/gone', 'get there gone -o ~/fetched'])(
    'is not seen in a file that is missing: %s',
    async (line) => {
      expect(await run(line)).toEqual({
        code: 3,
        said: expect.stringMatching(/^ftp-client: "[^"]*gone": there is no such/),
      })
    },
  )
})

describe('A pattern that nothing has expanded', () => {
  it.each<[string, string]>([
    ['get photos/*.jpg', `; or to fetch what matches, type: ftp-client get -r photos --include '*.jpg'`],
    ...['ls *.x', 'rm *.x', 'md5 *.x', 'stat *.x', 'du *.x', 'mv *.x photos', 'cat *.x'].map(
      (line): [string, string] => [line, ''],
    ),
  ])('is explained: %s', async (line, more) => {
    const [, pattern] = line.split(' ')
    const said = `"${pattern}" is not on the server, where patterns work only in ftp-client shell${more}`
    expect(await run(line)).toEqual({ code: 3, said: `ftp-client: ${said}\n` })
  })

  it('of local files is explained', async () => {
    const said = 'ftp-client: nothing here matches "~/*.jpg"; check it with: ls ~/*.jpg\n'
    expect(await run('put ~/*.jpg')).toEqual({ code: 3, said })
  })

  it('may be the name of a file', async () => {
    fs.writeFileSync(path.join(site.root, 'a[1]'), '')
    expect((await run('stat a[1]')).code).toBe(0)
    expect((await run('get a[1] -o ~/one')).code).toBe(0)
  })
})

describe('A missing directory of a target is made', () => {
  it.each([
    ['put ~/f --to new/', ['new', 'new/f']],
    ['put ~/f --to new/deep/x', ['new', 'new/deep', 'new/deep/x']],
    ['put ~/f ~/g --to new', ['new', 'new/f', 'new/g']],
    ['put -r ~/folder --to new/', ['new', 'new/folder']],
    ['put -r ~/folder --to new/x', ['new', 'new/x']],
    ['sync ~/folder :new/x', ['new', 'new/x']],
  ])('on the server: %s', async (line, made) => {
    expect(await run(line)).toEqual({ code: 0, said: expect.any(String) })
    expect(tree()).toEqual([...made, 'other', 'photos', 'there'].sort())
  })

  it.each([
    ['mv there new/', ['new', 'new/there', 'other']],
    ['mv there new/x', ['new', 'new/x', 'other']],
    ['mv there other new', ['new', 'new/other', 'new/there']],
  ])('on the server: %s', async (line, after) => {
    expect(await run(line)).toEqual({ code: 0, said: '' })
    expect(tree()).toEqual([...after, 'photos'].sort())
  })

  it.each([
    ['get there -o ~/to/', ['there']],
    ['get there -o ~/to/deep/x', ['deep', 'deep/x']],
    ['get there other -o ~/to', ['other', 'there']],
    ['get -r photos -o ~/to/', ['photos']],
    ['sync :photos ~/to/x', ['x']],
  ])('here: %s', async (line, made) => {
    fs.rmSync(local('to'), { recursive: true, force: true })
    expect(await run(line)).toEqual({ code: 0, said: '' })
    expect(fs.readdirSync(local('to'), { recursive: true })).toEqual(made)
  })

  it.each([
    ['put ~/f --to there/', '"there/" is a file on the server, not a directory'],
    ['put ~/f ~/g --to there', '"there" is a file on the server, not a directory'],
    ['mv there other there', '"there" is a file on the server, not a directory'],
    ['get there -o ~/f/', '"~/f/" is a file here, not a directory'],
    ['get there other -o ~/f', '"~/f" is a file here, not a directory'],
  ])('unless a file has its name: %s', async (line, said) => {
    expect(await run(line)).toEqual({ code: 5, said: `ftp-client: ${said}\n` })
  })
})

describe('ls', () => {
  it('takes what people type: -l, -a, -h, -t', async () => {
    fs.utimesSync(path.join(site.root, 'there'), 1, 1)
    fs.utimesSync(path.join(site.root, 'other'), 2_000_000_000, 2_000_000_000)
    const names = async (...args: string[]): Promise<readonly unknown[]> =>
      (await runHere(['ls', ...args], { ...site, port: site.port })).events.flatMap(({ name }) => name ?? [])
    expect(await names('-la')).toEqual(['other', 'photos', 'there'])
    expect(await names('-lh')).toEqual(['other', 'photos', 'there'])
    expect(await names('-lt')).toEqual(['other', 'photos', 'there'])
    expect(await names('-t', '--reverse')).toEqual(['there', 'photos', 'other'])
    expect(await names('--reverse')).toEqual(['there', 'photos', 'other'])
  })
})
