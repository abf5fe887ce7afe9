import { formatPath, type IfExists, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** How a move ended. */
export interface MoveResult {
  /** `skipped`: the target stays as it is, because of the policy. */
  readonly outcome: 'done' | 'skipped'
  /** The name of the moved file or directory. It differs from the requested one only with `rename`. */
  readonly name?: string | undefined
}

/** Moves or renames a file or directory. `to` is the new path itself, not a directory to move it into. */
export async function move(
  session: Session,
  from: RemotePath,
  to: RemotePath,
  ifExists: IfExists,
): Promise<MoveResult> {
  const request = { type: 'move', path: formatPath(from), to: formatPath(to), ifExists } as const
  return await session.runOnce(async (connection) => {
    const { reply } = await connection.request(request).next()
    if (reply.type === 'skipped') return { outcome: 'skipped' }
    return { outcome: 'done', name: (reply.type === 'done' ? reply.name : undefined) ?? to.at(-1) }
  })
}
