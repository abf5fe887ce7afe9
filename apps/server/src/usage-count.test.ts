import { expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { makeStateFolder, toConfig } from './config.ts'
import { UsageCount } from './usage-count.ts'

it('a count that begins while the thread of an earlier one ends is not lost, and fails for reasons of its own', async () => {
  using folder = new TempDir()
  const config = toConfig({ root: folder.folder('root') })
  makeStateFolder(config.state)
  folder.folder('root', 'ada')
  await using usage = new UsageCount(config, () => {})
  for (const home of ['', 'ada', '', 'ada']) await usage.count(home)
  await expect(usage.count('not there')).rejects.toMatchObject({ code: 'not_found' })
})
