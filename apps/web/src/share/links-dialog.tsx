import { listShares, removeShare, type ShareLink } from '../api/shares.ts'
import { Dialog } from '../components/common/dialog.tsx'
import { useLoaded } from '../components/common/use-loaded.ts'
import { formatTime } from '../format/date.ts'
import { notify, notifyError } from '../state/notices.ts'
import { texts } from '../texts/texts.ts'

/** The links of the account; each can be revoked. */
export function LinksDialog() {
  const words = texts.share
  const { value: links, reload } = useLoaded<readonly ShareLink[] | undefined>(listShares, undefined)

  async function revoke(link: ShareLink): Promise<void> {
    await removeShare(link.id)
    notify(words.revoked(nameOf(link)))
    reload()
  }

  return (
    <Dialog title={words.list}>
      {links?.length === 0 && <p class="soft">{words.none}</p>}
      <ul class="records">
        {links?.map((link) => (
          <li key={link.id}>
            <div>
              <strong>
                <bdi>{nameOf(link)}</bdi>
              </strong>
              <p class="soft">{describe(link)}</p>
            </div>
            <button
              type="button"
              class="danger"
              aria-label={`${words.revoke}: ${nameOf(link)}`}
              onClick={() => void revoke(link).catch(notifyError)}
            >
              {words.revoke}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function nameOf({ path }: ShareLink): string {
  if (path === undefined) return texts.share.gone
  return path === '' ? texts.home : path
}

function describe({ access, expires, uses, mostUses, hasPassword }: ShareLink): string {
  const words = texts.share
  return [
    access === 'upload' ? words.forUploads : '',
    validity(expires),
    words.used(uses, mostUses),
    hasPassword ? words.withPassword : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function validity(expires: number | undefined): string {
  const words = texts.share
  if (expires === undefined) return words.forever
  return expires <= Date.now() ? words.expired : words.until(formatTime(expires))
}
