import { printable } from '@ftp/protocol'
import { alignColumns } from '@ftp/terminal'
import { findEvents } from '../databases/sqlite/audit.ts'
import { AUDIT_ACTIONS, type AuditQuery, type RecordedEvent } from '../state/audit-event.ts'
import { type Context, jsonLine, requireGoing, writeLines } from './context.ts'
import { openState, type StateOptions } from './state-folder.ts'

export interface AuditOptions extends StateOptions, Omit<AuditQuery, 'account'> {
  readonly user?: string
}

/** `audit`: shows the recorded events, oldest first. */
export async function audit(context: Context, options: AuditOptions): Promise<void> {
  const { user, path, ...query } = options
  using database = openState(options)
  const found = findEvents(database, { ...query, account: user, path: path?.replace(/^\/+|\/+$/g, '') })
  // The outcome has its column from the first page on, though a longer action may come later.
  const widths = [0, 0, 0, 0, Math.max(...AUDIT_ACTIONS.map(({ length }) => length))]
  for (const page of found) {
    requireGoing(context)
    await writeLines(context, context.json ? page.map(jsonOf) : alignColumns(page.map(cellsOf), widths))
  }
}

function jsonOf(event: RecordedEvent): string {
  return jsonLine({ event: 'audit', ...event, time: new Date(event.time).toISOString() })
}

/** Time, address, door, account, action and outcome, followed by any other known fields. */
function cellsOf(event: RecordedEvent): string[] {
  const { time, account, address, door, credential, action, outcome } = event
  const { path, target, size, md5, detail, times } = event
  const rest = [
    ...(path === null ? [] : [`/${printable(path)}`]),
    ...(target === null ? [] : ['->', `/${printable(target)}`]),
    ...(size === null ? [] : [`${size} bytes`]),
    ...(md5 === null ? [] : [md5]),
    ...(credential === null ? [] : [printable(credential)]),
    ...(times === 1 ? [] : [`${times} times`]),
    ...(detail === null ? [] : [printable(detail)]),
  ]
  const clock = new Date(time).toISOString().replace('T', ' ').slice(0, 19)
  return [
    clock,
    address,
    door ?? '-',
    account === '' ? '-' : printable(account),
    action,
    outcome,
    rest.join('  '),
  ]
}
