/** A time in microseconds since 1970, for people: `2026-11-21 09:30` in UTC. */
export function timeText(microseconds: number): string {
  return new Date(microseconds / 1_000).toISOString().replace('T', ' ').slice(0, 16)
}
