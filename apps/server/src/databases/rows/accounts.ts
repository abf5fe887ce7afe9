import { formatPath, PERMISSIONS, parsePath, type ScramVerifier, TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import type { AccountRecord, StoredVerifier } from '../../state/accounts.ts'
import { DOORS } from '../../state/door-name.ts'

const bytes = v.instance(Uint8Array)
const limit = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? undefined),
)
/** SQLite keeps flags as numbers. */
const flag = v.pipe(
  v.union([v.boolean(), v.number()]),
  v.transform((value) => value === true || value === 1),
)
const verifierColumns = { salt: bytes, iterations: v.number(), stored_key: bytes, server_key: bytes }
const verifierSchema = v.object({ known: flag, generation: bytes, ...verifierColumns })
const schema = v.object({
  ...verifierColumns,
  name: v.string(),
  home: v.pipe(v.string(), v.transform(parsePath)),
  permissions: v.pipe(v.string(), v.parseJson(), v.array(v.picklist(PERMISSIONS))),
  quota_bytes: limit,
  quota_files: limit,
  rate: limit,
  doors: v.pipe(
    v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.picklist(DOORS)))),
    v.transform((doors) => doors ?? DOORS),
  ),
  enabled: flag,
  clear_ftp: flag,
  created: v.number(),
})

/**
 * The verifier in a row with `known` and `generation`.
 * @returns undefined if `known` is false
 * @throws TransferError `io` if the row is damaged
 */
export function parseVerifier(row: unknown): StoredVerifier | undefined {
  const result = v.safeParse(verifierSchema, row)
  if (!result.success) throw damaged()
  const { known, generation, ...columns } = result.output
  const verifier = { ...toVerifier(columns), generation: Buffer.from(generation).toString('hex') }
  return known ? verifier : undefined
}

/** The columns of an account, from `salt` to `clear_ftp`. */
export function accountColumns(account: AccountRecord) {
  const { verifier, home, permissions, quota, rate, doors, enabled, clearFtp } = account
  return [
    ...[verifier.salt, verifier.iterations, verifier.storedKey, verifier.serverKey],
    ...[formatPath(home), JSON.stringify(permissions)],
    ...[quota.bytes ?? null, quota.files ?? null, rate ?? null],
    ...[doors.length === DOORS.length ? null : JSON.stringify(doors), enabled, clearFtp],
  ] as const
}

/** @throws TransferError `io` if the row is damaged */
export function parseAccount(row: unknown): AccountRecord {
  const result = v.safeParse(schema, row)
  if (!result.success) throw damaged()
  const { name, home, permissions, rate, doors, created, ...columns } = result.output
  return {
    name,
    home,
    permissions,
    rate,
    doors,
    created,
    quota: { bytes: columns.quota_bytes, files: columns.quota_files },
    enabled: columns.enabled,
    clearFtp: columns.clear_ftp,
    verifier: toVerifier(columns),
  }
}

type VerifierRow = Pick<v.InferOutput<typeof verifierSchema>, keyof typeof verifierColumns>

function toVerifier({ salt, iterations, stored_key, server_key }: VerifierRow): ScramVerifier {
  return { salt, iterations, storedKey: stored_key, serverKey: server_key }
}

/** The error for a state in which accounts are missing or have lost their meaning. */
export function damaged(): TransferError {
  return new TransferError('io', "the server's accounts are damaged; restore its state from a backup")
}
