import { filter } from '../../state/filter.ts'
import { folder, refreshFolder } from '../../state/folder.ts'
import { describeError } from '../../state/notices.ts'
import { may } from '../../state/session.ts'
import { isEmpty, shown } from '../../state/shown.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'

/** What is shown instead of entries, if there are none. */
export function EmptyFolder() {
  const { error } = folder.value
  const words = texts.empty
  if (error !== undefined)
    return (
      <div class="empty" role="alert">
        <p>{describeError(error)}</p>
        <button type="button" onClick={() => void refreshFolder()}>
          {texts.lost.retry}
        </button>
      </div>
    )
  if (isEmpty.value)
    return (
      <div class="empty">
        <Icon name={may('write') ? 'upload' : 'folder'} />
        <p>{words.nothing}</p>
        {may('write') && <p class="soft">{words.invitation}</p>}
      </div>
    )
  if (filter.value.trim() !== '' && shown.value.length === 0)
    return (
      <div class="empty">
        <Icon name="search" />
        <p>{words.noMatch(filter.value.trim())}</p>
      </div>
    )
  return null
}
