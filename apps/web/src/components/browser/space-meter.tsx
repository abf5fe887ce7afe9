import type { Account } from '../../api/session.ts'
import { formatSize } from '../../format/size.ts'
import { texts } from '../../texts/texts.ts'

/** How much of its quota the account has used, or how much space there is on the disk. */
export function SpaceMeter({ account: { quota, free } }: { readonly account: Account }) {
  const words = texts.status
  if (quota !== undefined) {
    const text = words.quota(formatSize(quota.used), formatSize(quota.limit))
    return (
      <span class="space">
        <meter min={0} max={quota.limit} high={0.9 * quota.limit} value={quota.used} aria-label={text} />
        {text}
      </span>
    )
  }
  return free === undefined ? null : <span class="space">{words.free(formatSize(free))}</span>
}
