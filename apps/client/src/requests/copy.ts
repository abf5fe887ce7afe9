import { formatPath, type IfExists, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** How a copy on the server ended. */
export interface CopyResult {
  /** `skipped`: the target stays as it is, because of the policy. */
  readonly outcome: 'done' | 'skipped'
  /** The name of the copy. It differs from the requested one only with `rename`. */
  readonly name?: string | undefined
  /** The number of links and the like that were not copied. */
  readonly leftOut: number
}

/** A copy on the server. */
export interface Copy {
  readonly from: RemotePath
  /** The path of the copy itself, not a directory to copy into. */
  readonly to: RemotePath
  readonly ifExists: IfExists
  /** Whether to copy a directory with everything in it. */
  readonly recursive: boolean
}

/** Copies a file or directory on the server. */
export async function copy(session: Session, { from, to, ifExists, recursive }: Copy): Promise<CopyResult> {
  const paths = { path: formatPath(from), to: formatPath(to) }
  const request = { type: 'copy', ...paths, ifExists, ...(recursive && { recursive }) } as const
  return await session.runOnce(async (connection) => {
    const exchange = connection.request(request)
    for (;;) {
      const { reply } = await exchange.next()
      if (reply.type === 'skipped') return { outcome: 'skipped', leftOut: 0 }
      if (reply.type === 'done')
        return { outcome: 'done', name: reply.name ?? to.at(-1), leftOut: reply.leftOut ?? 0 }
    }
  })
}
