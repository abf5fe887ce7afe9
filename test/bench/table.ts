import type { Peer } from './peer.ts'

/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** A Markdown table: medians, spread, speed, and how many times as fast the first peer is. */
export function table(
  peers: readonly Peer[],
  times: Readonly<Record<string, readonly number[]>>,
  { count, unit }: { readonly count: number; readonly unit: string },
): string {
  const first = median(times[peers[0]?.name ?? ''] ?? [])
  const measured = peers.filter(({ name }) => (times[name] ?? []).length > 0)
  const rows = measured.map(({ name, does }) => {
    const seconds = times[name] ?? []
    const middle = median(seconds)
    return [
      name,
      does,
      middle.toFixed(2),
      `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
      (count / middle).toFixed(0),
      (middle / first).toFixed(2),
    ]
  })
  const head = [
    'program',
    'does',
    'median s',
    'min–max s',
    `${unit}/s`,
    `${peers[0]?.name ?? ''} is × as fast`,
  ]
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}
