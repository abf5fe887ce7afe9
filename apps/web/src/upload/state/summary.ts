import type { Upload } from '../queue/upload.ts'

/** What all uploads together have achieved. */
export interface Summary {
  readonly count: number
  readonly done: number
  readonly failed: number
  readonly clashing: number
  readonly paused: number
  /** Those that are running or wait for their turn. */
  readonly active: number
  /** Those that wait for the server. */
  readonly unreachable: number
  /** In bytes, without what was skipped or has failed. */
  readonly size: number
  readonly sent: number
}

export function summarize(uploads: Iterable<Upload>): Summary {
  const summary = {
    ...{ count: 0, done: 0, failed: 0, clashing: 0, paused: 0, active: 0, unreachable: 0, size: 0, sent: 0 },
  }
  for (const { state, size, sent } of uploads) {
    summary.count++
    const { type } = state
    if (type === 'done' || type === 'failed' || type === 'clashing' || type === 'paused') summary[type]++
    else if (type !== 'skipped') summary.active++
    if (type === 'unreachable') summary.unreachable++
    if (type === 'skipped' || type === 'failed') continue
    summary.size += size
    summary.sent += sent
  }
  return summary
}

/** The maximum number of uploads that are shown one by one. */
const MOST_SHOWN = 100

/** Those that are shown: what needs attention, what is running, what comes next, what is over. */
export function shownUploads(uploads: Iterable<Upload>): readonly Upload[] {
  const groups: [Upload[], Upload[], Upload[]] = [[], [], []]
  for (const upload of uploads) {
    const group = groups[groupOf(upload)]
    if (group !== undefined && group.length < MOST_SHOWN) group.push(upload)
  }
  return groups.flat().slice(0, MOST_SHOWN)
}

function groupOf({ state }: Upload): 0 | 1 | 2 {
  switch (state.type) {
    case 'waiting':
    case 'paused':
      return 1
    case 'done':
    case 'skipped':
      return 2
    default:
      return 0
  }
}
