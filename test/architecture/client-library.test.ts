import { expect, it } from 'vitest'
import { declareTypes } from '../../build/types.ts'
import { publicTypes } from '../support/public-types.ts'
import { TempDir } from '../support/temp-dir.ts'

// Whoever changes what programs rely on sees it in the difference: `vitest run -u` accepts it.
it('the types of the client library are those that programs rely on', async () => {
  using folder = new TempDir()
  const index = declareTypes('apps/client', folder.at('types'))
  await expect(publicTypes(index)).toMatchFileSnapshot('client-library.txt')
})
