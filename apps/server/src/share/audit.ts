import { type RemotePath, TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../state/audit.ts'
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
  const { action, path, target, size, md5, detail, outcome } = entry
  const { home, ownerHome = home } = account
  // A guest's paths begin further down than those of the account.
  const pathOf = (below: RemotePath): string => [...home.slice(ownerHome.length), ...below].join('/')
  const paths = { path: path && pathOf(path), target: target && pathOf(target) }
  const client = { account: account.name, address, door, credential }
  audit.record({ ...client, action, ...paths, size, md5, detail, outcome })
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
