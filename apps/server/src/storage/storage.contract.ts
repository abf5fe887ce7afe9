import { describe } from 'vitest'
import { describeTogether } from './batch.contract.ts'
import type { MakeStorage } from './fixture.contract.ts'
import { describePartials } from './partial.contract.ts'
import { describeReading } from './reading.contract.ts'
import { describeTree } from './tree.contract.ts'

/** What storage.ts says in prose, as tests that every storage must pass. */
export function describeStorage(name: string, make: MakeStorage): void {
  describe(`${name}: reading`, () => describeReading(make))
  describe(`${name}: partials`, () => describePartials(make))
  describe(`${name}: files together`, () => describeTogether(make))
  describe(`${name}: the tree`, () => describeTree(make))
}
