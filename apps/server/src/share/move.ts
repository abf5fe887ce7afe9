import { type IfExists, type RemotePath, requirePortable } from '@ftp/protocol'
import { audited } from './audit.ts'
import { changeCounter, fromRoot } from './quota.ts'
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
    const target = fromRoot(share, to)
    const moved = await share.storage.move(from, to, ifExists, changeCounter(share, target))
    if (moved) forgetMoved(share, fromRoot(share, from), target)
    return moved
  }
  const deed = { action: 'move', path: from, target: to } as const
  return await audited(share, deed, run, (moved) => (moved ? 'ok' : 'skipped'))
}

/** What went from one home to another has to be counted in both, and homes that went along as well. */
function forgetMoved({ quotas }: Share, from: string, to: string): void {
  const [left, entered] = [quotas.enclosing(from), quotas.enclosing(to)]
  for (const home of left) if (!entered.includes(home)) quotas.forget(home)
  for (const home of entered) if (!left.includes(home)) quotas.forget(home)
  quotas.forget(from)
  quotas.forget(to)
}
