import type { Entry } from '../api/entry.ts'
import { urlOf } from '../api/path.ts'
import { iconOf } from '../components/browser/entry-icon.ts'
import { Icon } from '../components/common/icon.tsx'
import { formatSize } from '../format/size.ts'
import { formatRoute, path } from '../state/route.ts'

interface GuestEntryProps {
  readonly entry: Entry
  readonly base: string
}

/** A folder that a guest can open, or a file to download. */
export function GuestEntry({ entry, base }: GuestEntryProps) {
  const { name, type, size } = entry
  const inside = [...path.value, name]
  const isFolder = type === 'folder'
  return (
    <li>
      <a
        {...(isFolder ? { href: formatRoute(inside) } : { href: urlOf(inside, false, base), download: name })}
      >
        <Icon name={iconOf(entry)} />
        <bdi>{name}</bdi>
        {!isFolder && <span class="soft">{formatSize(size)}</span>}
      </a>
    </li>
  )
}
