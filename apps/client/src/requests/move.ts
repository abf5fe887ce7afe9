import { formatPath, type IfExists, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session.ts'

/** Moves or renames; `to` is the new path itself. */
export async function move(
  session: Session,
  from: RemotePath,
  to: RemotePath,
  ifExists: IfExists,
): Promise<'done' | 'skipped'> {
  const request = { type: 'move', path: formatPath(from), to: formatPath(to), ifExists } as const
  return await session.runOnce(async (connection) => {
    const { reply } = await connection.request(request).next()
    return reply.type === 'skipped' ? 'skipped' : 'done'
  })
}
