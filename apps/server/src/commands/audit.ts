import { printable } from '@ftp/protocol'
import { type AuditQuery, findEvents, type RecordedEvent } from '../state/audit.ts'
import { type Context, writeJson, writeLine } from './context.ts'
import { openState, type StateOptions } from './state-folder.ts'

export interface AuditOptions extends StateOptions, Omit<AuditQuery, 'account'> {
  readonly user?: string
  readonly json?: boolean
}

/** `audit`: who did what, oldest first. */
export async function audit(context: Context, options: AuditOptions): Promise<void> {
  const { user, path, json = false, ...query } = options
  using database = openState(options)
  const found = findEvents(database, { ...query, account: user, path: path?.replace(/^\/+|\/+$/g, '') })
  for (const event of found) {
    if (context.signal.aborted) return
    const time = new Date(event.time).toISOString()
    if (json) writeJson(context, { event: 'audit', ...event, time })
    else writeLine(context, line(time, event))
  }
}

/** Time, address, account, action, outcome, and what is known beyond that. */
function line(time: string, event: RecordedEvent): string {
  const { account, address, action, outcome, path, target, size, md5, detail } = event
  const words = [
    time.replace('T', ' ').slice(0, 19),
    address.padEnd(15),
    printable(account === '' ? '-' : account).padEnd(10),
    action.padEnd(6),
    outcome.padEnd(10),
    ...(path === null ? [] : [`/${printable(path)}`]),
    ...(target === null ? [] : ['->', `/${printable(target)}`]),
    ...(size === null ? [] : [`${size} bytes`]),
    ...(md5 === null ? [] : [md5]),
    ...(detail === null ? [] : [printable(detail)]),
  ]
  return words.join('  ').trimEnd()
}
