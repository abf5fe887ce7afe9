import { setImmediate as settled } from 'node:timers/promises'
import type { Entry } from '@ftp/protocol'
import { TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { Selection, type SelectionOptions } from '../selection/selection.ts'
import { Comparison } from './comparison.ts'
import { folderOf, type Listed, type Tree } from './tree.ts'

/** A tree of these files; a path that ends with a slash is a directory, `!` cannot be read, `*` may be executed. */
class Planted implements Tree {
  readonly listed: string[] = []
  readonly #entries: readonly Entry[]

  constructor(paths: readonly string[]) {
    this.#entries = paths.map((path) => ({
      name: path.replace(/[/*]$/, ''),
      type: path.endsWith('/') ? 'directory' : 'file',
      size: 1,
      mtime: 1,
      mode: path.endsWith('*') ? 0o755 : 0o644,
    }))
  }

  async *list(folder: string): AsyncGenerator<readonly Listed[]> {
    this.listed.push(folder)
    yield this.#entries
      .filter(({ name }) => folderOf(name) === folder)
      .map((entry) =>
        entry.name.endsWith('!')
          ? { failure: new TransferError('forbidden', entry.name) }
          : { ...entry, name: entry.name.slice(entry.name.lastIndexOf('/') + 1) },
      )
  }
}

interface Compared {
  readonly changes: readonly string[]
  readonly deletions: readonly string[]
}

async function compare(
  source: Tree,
  target: Tree,
  options: SelectionOptions = {},
  sameContent?: (file: Entry) => Promise<{ readonly done: Promise<boolean> }>,
  folds = false,
): Promise<Compared> {
  const selection = await Selection.of(options)
  const changes: string[] = []
  const comparison = new Comparison(source, target, {
    selection,
    delete: true,
    isLike: (entry, there) => entry.mode === there.mode,
    sameContent,
    respell: async (entry, there) => {
      if (folds) changes.push(`spell ${there.name} as ${entry.name}`)
      return folds
    },
  })
  let hasFailed = false
  for await (const differences of comparison.differences(true))
    for (const one of differences) {
      if ('failure' in one) hasFailed = true
      else if ('change' in one && one.change !== 'none') changes.push(`${one.change} ${one.entry.name}`)
    }
  const deletions = comparison.deletions({ hasFailed, allowEmpty: false, most: 100 })
  return { changes, deletions: deletions.map(({ entry }) => entry.name) }
}

const NOTHING: Compared = { changes: [], deletions: [] }

describe('comparing two trees', () => {
  it('tells each directory before what is in it, and deletes a directory whole', async () => {
    const source = new Planted(['d/', 'd/e/', 'd/e/f', 'a'])
    const target = new Planted(['a', 'old/', 'old/x', 'old/y/', 'old/y/z', 'd/', 'd/gone'])
    expect(await compare(source, target)).toEqual({
      changes: ['new d/e', 'new d/e/f'],
      deletions: ['d/gone', 'old'],
    })
  })

  it('tells of files that only their permission bits are others, with their contents compared too', async () => {
    const [source, target] = [
      new Planted(['d/', 'd/a*', 'd/b', 'd/c']),
      new Planted(['d/', 'd/a', 'd/b*', 'd/c']),
    ]
    const found = { changes: ['attributes d/a', 'attributes d/b'], deletions: [] }
    expect(await compare(source, target)).toEqual(found)
    const sameContent = async (): Promise<{ done: Promise<boolean> }> => ({ done: Promise.resolve(true) })
    expect(await compare(source, target, {}, sameContent)).toEqual(found)
  })

  it('replaces a directory by a file, unless it takes no part', async () => {
    const [source, target] = [new Planted(['d']), new Planted(['d/', 'd/x'])]
    expect(await compare(source, target)).toEqual({ changes: ['new d'], deletions: ['d'] })
    expect(await compare(source, target, { exclude: ['d/'] })).toEqual(NOTHING)
    await expect(compare(source, target, { exclude: ['x'] })).rejects.toThrow(/cannot be replaced/)
  })

  it('deletes nothing that the target finds under another spelling, in which case it gets that of the source', async () => {
    const [source, target] = [
      new Planted(['dir/', 'dir/a', 'e\u0301', 'Same']),
      new Planted(['DIR/', 'dir/A', 'é', 'same']),
    ]
    const spelled = ['spell same as Same', 'spell DIR as dir', 'spell é as e\u0301', 'spell dir/A as dir/a']
    expect(await compare(source, target, {}, undefined, true)).toEqual({ changes: spelled, deletions: [] })
    const { changes, deletions } = await compare(source, target)
    expect(changes).toEqual(['new Same', 'new dir', 'new e\u0301', 'new dir/a'])
    expect(deletions).toEqual(['DIR', 'same', 'é'])
  })

  it('gives the only name of the target to one of two that it takes for the same, and deletes neither', async () => {
    const both = new Planted(['A', 'a'])
    const folding = (target: Tree): Promise<Compared> => compare(both, target, {}, undefined, true)
    expect(await folding(new Planted(['a']))).toEqual({ changes: ['spell a as A', 'new a'], deletions: [] })
    expect(await folding(new Planted(['A']))).toEqual({ changes: ['new a'], deletions: [] })
  })

  it('leaves what takes no part as it is spelled', async () => {
    const found = await compare(new Planted(['a']), new Planted(['A']), { exclude: ['A'] }, undefined, true)
    expect(found).toEqual({ changes: ['new a'], deletions: [] })
  })

  it('takes times that differ by what a file system rounds off for the same', async () => {
    const later = (by: number): Tree => ({
      async *list() {
        yield [{ name: 'a', type: 'file', size: 1, mtime: 1_000_000 + by, mode: 0o644 }]
      },
    })
    for (const by of [-1, 0, 1]) expect(await compare(later(by), later(0)), String(by)).toEqual(NOTHING)
    for (const by of [-2, 2]) expect((await compare(later(by), later(0))).changes).toEqual(['changed a'])
  })

  it('deletes what takes part around what does not', async () => {
    const target = new Planted(['old/', 'old/x', 'old/y/', 'old/y/keep.tmp', 'old/y/z', 'x.tmp'])
    expect((await compare(new Planted(['a']), target, { exclude: ['*.tmp'] })).deletions).toEqual([
      'old/x',
      'old/y/z',
    ])
    expect((await compare(new Planted(['a']), target, { include: ['x'] })).deletions).toEqual(['old/x'])
  })

  it('does not look into what is excluded, nor, for nothing, into what is only in the target', async () => {
    const [source, target] = [new Planted(['no/', 'd/']), new Planted(['no/', 'd/'])]
    await compare(source, target, { exclude: ['no/'] })
    expect([source.listed, target.listed]).toEqual([
      ['', 'd'],
      ['', 'd'],
    ])
  })

  it('deletes nothing when something could not be read on either side', async () => {
    for (const [source, target] of [
      [['a', 'b!'], ['x']],
      [['a'], ['x', 'y!']],
      [['a'], ['x', 'd/', 'd/!']],
    ])
      await expect(compare(new Planted(source ?? []), new Planted(target ?? []))).rejects.toThrow(
        /nothing was deleted/,
      )
  })

  it('compares many contents at once, and tells them in order', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `f${index}`)
    let [running, most] = [0, 0]
    const sameContent = async ({ name }: Entry): Promise<{ done: Promise<boolean> }> => {
      most = Math.max(most, ++running)
      const done = settled().then(() => {
        running--
        return name.endsWith('0')
      })
      return { done }
    }
    const { changes } = await compare(new Planted(names), new Planted(names), {}, sameContent)
    const changed = names.filter((name) => !name.endsWith('0')).toSorted()
    expect(changes).toEqual(changed.map((name) => `changed ${name}`))
    expect(most).toBeGreaterThan(1)
  })

  it('a content that cannot be compared is a failure of its own; a server that is lost ends all', async () => {
    const fail = (code: 'forbidden' | 'lost') => async () => ({
      done: Promise.reject(new TransferError(code, code)),
    })
    const same = [new Planted(['a', 'b']), new Planted(['a', 'b'])] as const
    expect(await compare(...same, {}, fail('forbidden'))).toEqual(NOTHING)
    await expect(compare(...same, {}, fail('lost'))).rejects.toMatchObject({ code: 'lost' })
  })
})
