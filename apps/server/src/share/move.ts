import { type IfExists, type RemotePath, siblingPath } from '@ftp/protocol'
import { audited } from './audit.ts'
import { requireStorable } from './names.ts'
import { changeCounter, fromRoot } from './quota.ts'
import { mayReplace, requirePermission, type Share } from './share.ts'

/**
 * Renames or moves a file or directory.
 * @returns the final name, which differs from the requested one only with `rename`; undefined if `ifExists`
 * says to keep the target
 */
export async function move(
  share: Share,
  from: RemotePath,
  to: RemotePath,
  ifExists: IfExists,
): Promise<string | undefined> {
  return await moveVersion(share, from, to, { ifExists })
}

/** How a move treats what is there. */
export interface MoveOptions {
  readonly ifExists: IfExists
  /** The version that the source must have; `changed` is thrown for any other one. */
  readonly ifVersion?: string | undefined
}

/** As {@link move}, if the source has a certain version. */
export async function moveVersion(
  share: Share,
  from: RemotePath,
  to: RemotePath,
  { ifExists, ifVersion }: MoveOptions,
): Promise<string | undefined> {
  const run = async (): Promise<string | undefined> => {
    requirePermission(share, 'move')
    if (mayReplace(ifExists)) requirePermission(share, 'overwrite')
    requireStorable(share, to)
    const target = fromRoot(share, to)
    await share.writable()
    const name = await share.storage.move(from, to, ifExists, {
      onChange: changeCounter(share, target),
      ifVersion,
    })
    if (name !== undefined) forgetMoved(share, fromRoot(share, from), fromRoot(share, siblingPath(to, name)))
    return name
  }
  const entry = { action: 'move', path: from, target: to } as const
  return await audited(share, entry, run, (name) =>
    name === undefined ? { outcome: 'skipped' } : { outcome: 'ok', target: siblingPath(to, name) },
  )
}

/**
 * After a move from one home to another, both have to be counted again, as do any homes inside what was
 * moved.
 */
function forgetMoved({ quotas }: Share, from: string, to: string): void {
  const [left, entered] = [quotas.enclosing(from), quotas.enclosing(to)]
  for (const home of left) if (!entered.includes(home)) quotas.forget(home)
  for (const home of entered) if (!left.includes(home)) quotas.forget(home)
  quotas.forget(from)
  quotas.forget(to)
}
