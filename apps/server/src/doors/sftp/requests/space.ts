import { LIMITS } from '@ftp/protocol'
import { ownStat } from '../../../share/own-view.ts'
import { quotaInfo, requireCounted } from '../../../share/quota.ts'
import type { Share } from '../../../share/share.ts'
import { freeSpace } from '../../../share/usage.ts'
import { extendedReply, type Reply } from '../wire/replies.ts'
import type { Context } from './context.ts'
import { toPath } from './paths.ts'

/** The unit in which sizes are told, in bytes. */
const UNIT = 4_096
/** What is told if nothing limits the number of files. */
const MANY_FILES = 1_000_000_000
/** A flag of statvfs: programs cannot get other rights when they run. */
const NO_SETUID = 2

/**
 * Tells how much may be stored: as much as the quota of the account leaves, and the disk. Without a quota, what is there
 * already is not counted.
 */
export async function statvfs(
  { share: now, handles }: Context,
  path: string | undefined,
  id: number,
): Promise<Reply> {
  const share = await now()
  await ownStat(share, toPath(path), handles.files)
  const { bytes, files } = await space(share)
  const blocks = (size: number): number => Math.floor(size / UNIT)
  const fields = [
    ...[UNIT, UNIT, blocks(bytes.total), blocks(bytes.free), blocks(bytes.free)],
    ...[files.total, files.free, files.free, 0, NO_SETUID, LIMITS.name],
  ]
  const content = Buffer.alloc(fields.length * 8)
  for (const [index, field] of fields.entries()) content.writeBigUInt64BE(BigInt(field), index * 8)
  return extendedReply(id, content)
}

interface Space {
  readonly total: number
  readonly free: number
}

async function space(share: Share): Promise<{ readonly bytes: Space; readonly files: Space }> {
  // If the home cannot be counted, the disk is all that is known.
  await requireCounted(share).catch(() => {})
  const { bytes, files } = quotaInfo(share) ?? {}
  const onDisk = freeSpace(share) ?? 0
  return { bytes: left(bytes, onDisk), files: left(files, MANY_FILES) }
}

/** What a limit leaves, and what there is besides. */
function left(limit: { readonly limit: number; readonly used: number } | undefined, free: number): Space {
  if (limit === undefined) return { total: free, free }
  return { total: limit.limit, free: Math.max(0, Math.min(free, limit.limit - limit.used)) }
}
