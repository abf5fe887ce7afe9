import { effect, untracked } from '@preact/signals'
import { filter } from './filter.ts'
import { folder, openFolder } from './folder.ts'
import { path } from './route.ts'
import { focusOn, selectNothing } from './selection.ts'

/** Reads the folder of the address, now and whenever it changes. */
export function followRoute(): () => void {
  return effect(() => {
    const next = path.value
    untracked(() => {
      const before = folder.value.path
      filter.value = ''
      selectNothing()
      // Back in a folder, the one that was open is where the user was.
      focusOn(before.length > next.length ? before[next.length] : undefined)
      void openFolder(next)
    })
  })
}
