import { type RemotePath, TransferError } from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import type { Share } from './share.ts'

/**
 * The part of an audit event that describes the operation. The client comes from the share.
 */
export type AuditEntry = Pick<AuditEvent, 'action' | 'size' | 'md5' | 'detail' | 'outcome'> & {
  readonly path?: RemotePath
  readonly target?: RemotePath
}

/** Records an action of this share's account. */
export function record({ audit, account, address, door, credential }: Share, entry: AuditEntry): void {
  const { action, size, md5, detail, outcome } = entry
  const path = entry.path && pathOf(entry.path, account)
  const target = entry.target && pathOf(entry.target, account)
  const { name } = account
  audit.record({ account: name, address, door, credential, action, path, target, size, md5, detail, outcome })
}

/** The path below the home of the account. A guest's paths begin further down. */
function pathOf(below: RemotePath, { home, ownerHome = home }: Account): string {
  return [...home.slice(ownerHome.length), ...below].join('/')
}

/**
 * Runs an operation and records its outcome, even if the operation fails.
 * @param describe what the result adds to the entry; by default the outcome is `ok`
 * @throws whatever `action` throws
 */
export async function audited<T>(
  share: Share,
  entry: Omit<AuditEntry, 'outcome'>,
  action: () => Promise<T>,
  describe: (result: T) => Pick<AuditEntry, 'outcome' | 'path' | 'target' | 'detail'> = () => ({
    outcome: 'ok',
  }),
): Promise<T> {
  try {
    const result = await action()
    record(share, { ...entry, ...describe(result) })
    return result
  } catch (error) {
    record(share, { ...entry, outcome: TransferError.from(error).code })
    throw error
  }
}
