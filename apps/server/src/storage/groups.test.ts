import { parsePath, type RemotePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { groupsOf } from './groups.ts'

function groups(paths: readonly string[], most: number): [string[], number][] {
  const files = paths.map((path) => ({ path, parsed: parsePath(path) }))
  const pathOf = ({ parsed }: { parsed: RemotePath }): RemotePath => parsed
  return Array.from(groupsOf(files, pathOf, most), ({ files: some, descriptors }) => [
    some.map(({ path }) => path),
    descriptors,
  ])
}

it('Files beside each other share the descriptor of their directory', () => {
  expect(groups(['a/1', 'a/2', 'a/3'], 100)).toEqual([[['a/1', 'a/2', 'a/3'], 4]])
  expect(groups(['a/1', 'b/2', 'a/3'], 100)).toEqual([[['a/1', 'b/2', 'a/3'], 6]])
})

it.each([2, 3, 4, 5, 7])(
  'No group takes more than %i descriptors, and every file is in one, in order',
  (most) => {
    const paths = ['1', '2', 'a/1', 'a/2', 'b/1', 'a/3', 'a/4', 'a/5', 'c/d/1', '3']
    const all = groups(paths, most)
    expect(all.flatMap(([files]) => files)).toEqual(paths)
    for (const [files, descriptors] of all) {
      expect(descriptors).toBeLessThanOrEqual(most)
      const directories = new Set(files.map((file) => file.slice(0, -1)))
      expect(descriptors).toBeGreaterThanOrEqual(files.length + directories.size)
    }
  },
)

it('No files make no group', () => {
  expect(groups([], 2)).toEqual([])
})
