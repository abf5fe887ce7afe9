import { computed } from '@preact/signals'
import type { Entry } from '../api/entry.ts'
import { isViewable, kindOf } from '../preview/kind.ts'
import { shown } from './shown.ts'

/** The files of the folder that the page can show, in the order in which they are shown. */
export const viewable = computed<readonly Entry[]>(() =>
  shown.value.filter(({ type, name }) => type === 'file' && isViewable(kindOf(name))),
)
