import { useSignal } from '@preact/signals'
import { may } from '../../state/session.ts'
import { texts } from '../../texts/texts.ts'
import { type ChoiceKind, chooseFiles } from '../../upload/sources/chosen-files.ts'
import { upload } from '../../upload/state/account-uploads.ts'
import { Icon } from '../common/icon.tsx'
import { Menu } from '../common/menu.tsx'
import { MenuItem } from '../common/menu-item.tsx'

/** Whether this is a device that one holds, so that it has a camera at hand. */
const isHeld = matchMedia('(pointer: coarse)').matches

/** The button with which uploads begin. */
export function UploadMenu() {
  const at = useSignal<{ readonly x: number; readonly y: number } | undefined>(undefined)
  const words = texts.upload
  if (!may('write')) return null
  const choose = (kind: ChoiceKind) => () => void chooseFiles(kind).then((items) => upload(items))
  return (
    <>
      <button
        type="button"
        class="command primary"
        aria-haspopup="menu"
        onClick={({ currentTarget }) => {
          const { left, bottom } = currentTarget.getBoundingClientRect()
          at.value = { x: left, y: bottom + 4 }
        }}
      >
        <Icon name="upload" />
        <span>{words.command}</span>
      </button>
      {at.value !== undefined && (
        <Menu
          label={words.command}
          at={at.value}
          onClose={() => {
            at.value = undefined
          }}
        >
          <MenuItem icon="file" label={words.files} onClick={choose('files')} />
          <MenuItem icon="folder" label={words.folder} onClick={choose('folder')} />
          {isHeld && <MenuItem icon="image" label={words.camera} onClick={choose('camera')} />}
        </Menu>
      )}
    </>
  )
}
