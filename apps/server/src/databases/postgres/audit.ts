import type { AuditEvent } from '../../state/audit-event.ts'
import { prepared, type Queries } from './postgres-database.ts'

const INSERT = prepared(
  `INSERT INTO audit (time, account, address, door, credential, action, path, target, size, md5, detail, outcome)
   VALUES (trunc(extract(epoch FROM clock_timestamp()) * 1000), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
)

/** Records an event within the transaction of the action that it records. */
export async function recordIn(queries: Queries, event: AuditEvent | undefined): Promise<void> {
  if (event === undefined) return
  const { account, address, door = null, credential = null, action, path = null, target = null } = event
  const { size = null, md5 = null, detail = null, outcome } = event
  await queries.run(
    INSERT,
    ...[account, address, door, credential, action, path, target, size, md5, detail, outcome],
  )
}
