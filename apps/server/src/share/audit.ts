import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../state/audit.ts'
import type { Share } from './share.ts'

/** Where the events of all accounts go. */
export interface Audit {
  record(event: AuditEvent): void
}

/** What an operation did, besides who did it. */
export type Deed = Omit<AuditEvent, 'account' | 'address' | 'path' | 'target'> & {
  readonly path?: RemotePath
  readonly target?: RemotePath
}

/** Records what this share's account did. */
export function record({ audit, account, address }: Share, { path, target, ...deed }: Deed): void {
  audit.record({
    account: account.name,
    address,
    path: path && formatPath(path),
    target: target && formatPath(target),
    ...deed,
  })
}

/**
 * Runs an operation and records how it ended.
 * @param action tells the outcome with its result, where it is not `ok`
 */
export async function audited<T>(
  share: Share,
  deed: Omit<Deed, 'outcome'>,
  action: () => Promise<T>,
  outcome: (result: T) => string = () => 'ok',
): Promise<T> {
  try {
    const result = await action()
    record(share, { ...deed, outcome: outcome(result) })
    return result
  } catch (error) {
    record(share, { ...deed, outcome: TransferError.from(error).code })
    throw error
  }
}
