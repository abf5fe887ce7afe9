import { type IfExists, type RemotePath, requirePortable } from '@ftp/protocol'
import { audited } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/**
 * Gives a file or directory another name.
 * @returns false when `ifExists` says to leave the existing target
 */
export async function move(
  share: Share,
  from: RemotePath,
  to: RemotePath,
  ifExists: IfExists,
): Promise<boolean> {
  const run = async (): Promise<boolean> => {
    requirePermission(share, 'move')
    if (ifExists !== 'fail' && ifExists !== 'skip') requirePermission(share, 'overwrite')
    requirePortable(to)
    return await share.storage.move(from, to, ifExists)
  }
  const deed = { action: 'move', path: from, target: to } as const
  return await audited(share, deed, run, (moved) => (moved ? 'ok' : 'skipped'))
}
