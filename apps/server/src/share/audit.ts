import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../state/audit.ts'
import type { Share } from './share.ts'

/** What an operation did, besides who did it. */
export type Deed = Pick<AuditEvent, 'action' | 'size' | 'md5' | 'outcome'> & {
  readonly path?: RemotePath
  readonly target?: RemotePath
}

/** Records what this share's account did. */
export function record({ audit, account, address }: Share, deed: Deed): void {
  const { action, path, target, size, md5, outcome } = deed
  const paths = { path: path && formatPath(path), target: target && formatPath(target) }
  audit.record({ account: account.name, address, action, ...paths, size, md5, outcome })
}

/**
 * Runs an operation and records how it ended.
 * @param told what the result adds to the deed, where it is more than that all went well
 */
export async function audited<T>(
  share: Share,
  deed: Omit<Deed, 'outcome'>,
  action: () => Promise<T>,
  told: (result: T) => Pick<Deed, 'outcome' | 'target'> = () => ({ outcome: 'ok' }),
): Promise<T> {
  try {
    const result = await action()
    record(share, { ...deed, ...told(result) })
    return result
  } catch (error) {
    record(share, { ...deed, outcome: TransferError.from(error).code })
    throw error
  }
}
