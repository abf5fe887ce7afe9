import { lazily } from './lazily.ts'

const TODAY = lazily(() => new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }))
const OTHER_DAY = lazily(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }))
const EXACT = lazily(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' }))

/** A time in milliseconds as the reader writes it, briefly: the time of day if it is today, otherwise the date. */
export function formatTime(time: number, now = Date.now()): string {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString()
  return (isToday ? TODAY() : OTHER_DAY()).format(time)
}

/** Date and time of day. */
export function formatExactTime(time: number): string {
  return EXACT().format(time)
}
