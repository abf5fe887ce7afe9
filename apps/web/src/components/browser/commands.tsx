import type { Entry } from '../../api/entry.ts'
import { ShareDialog } from '../../share/share-dialog.tsx'
import { clipboard } from '../../state/clipboard.ts'
import { openDialog } from '../../state/dialog.ts'
import { download } from '../../state/download.ts'
import { removeSoon } from '../../state/removal.ts'
import { path } from '../../state/route.ts'
import { selected, selection, selectNothing } from '../../state/selection.ts'
import { isAnonymous, may } from '../../state/session.ts'
import { transfer } from '../../state/transfer.ts'
import { texts } from '../../texts/texts.ts'
import type { IconName } from '../common/icon.tsx'
import { DetailsDialog } from '../dialogs/details-dialog.tsx'
import { FolderPicker } from '../dialogs/folder-picker.tsx'
import { HelpDialog } from '../dialogs/help-dialog.tsx'
import { NewFolderDialog } from '../dialogs/new-folder-dialog.tsx'
import { RenameDialog } from '../dialogs/rename-dialog.tsx'

/** Something that the user can do with the folder or with what is selected, by a button, a menu or a key. */
export interface Command {
  readonly icon: IconName
  readonly label: string
  readonly shortcut?: string
  readonly isDanger?: boolean
  /** Whether it can be done now. */
  readonly isOffered: () => boolean
  readonly run: () => void
}

const words = texts.commands

function only(): Entry | undefined {
  return selection.value.length === 1 ? selection.value[0] : undefined
}

function names(): readonly string[] {
  return selection.value.map(({ name }) => name)
}

function isAnySelected(): boolean {
  return selected.value.size > 0
}

export const newFolder: Command = {
  icon: 'newFolder',
  label: words.newFolder,
  isOffered: () => may('mkdir'),
  run: () => {
    openDialog.value = <NewFolderDialog />
  },
}

export const downloadSelection: Command = {
  icon: 'download',
  label: words.download,
  isOffered: () => may('read') && isAnySelected(),
  run: () => download(path.value, selection.value),
}

export const rename: Command = {
  icon: 'rename',
  label: words.rename,
  shortcut: 'F2',
  isOffered: () => may('move') && only() !== undefined,
  run: () => {
    const entry = only()
    if (entry !== undefined) openDialog.value = <RenameDialog entry={entry} />
  },
}

export const moveSelection: Command = {
  icon: 'move',
  label: words.move,
  isOffered: () => may('move') && isAnySelected(),
  run: () => {
    openDialog.value = <FolderPicker mode="move" folder={path.value} names={names()} />
  },
}

export const copySelection: Command = {
  icon: 'copy',
  label: words.copy,
  isOffered: () => may('read') && may('write') && isAnySelected(),
  run: () => {
    openDialog.value = <FolderPicker mode="copy" folder={path.value} names={names()} />
  },
}

export const cutToClipboard: Command = {
  ...moveSelection,
  run: () => {
    clipboard.value = { mode: 'move', folder: path.value, names: names() }
  },
}

export const copyToClipboard: Command = {
  ...copySelection,
  run: () => {
    clipboard.value = { mode: 'copy', folder: path.value, names: names() }
  },
}

export const paste: Command = {
  icon: 'copy',
  label: words.paste,
  shortcut: words.ctrl('V'),
  isOffered: () => clipboard.value !== undefined,
  run: () => {
    const held = clipboard.value
    if (held === undefined) return
    void transfer({ ...held, to: path.value })
    if (held.mode === 'move') clipboard.value = undefined
  },
}

export const remove: Command = {
  icon: 'trash',
  label: words.remove,
  shortcut: words.deleteKey,
  isDanger: true,
  isOffered: () => may('delete') && isAnySelected(),
  run: () => {
    removeSoon(path.value, selection.value)
    selectNothing()
  },
}

/** Links belong to an account. */
function mayShare(): boolean {
  return !isAnonymous() && (may('read') || may('write'))
}

export const shareSelection: Command = {
  icon: 'link',
  label: texts.share.command,
  isOffered: () => mayShare() && only() !== undefined,
  run: () => {
    const entry = only()
    if (entry === undefined) return
    openDialog.value = <ShareDialog path={[...path.value, entry.name]} isFolder={entry.type === 'folder'} />
  },
}

export const shareFolder: Command = {
  ...shareSelection,
  isOffered: mayShare,
  run: () => {
    openDialog.value = <ShareDialog path={path.value} isFolder />
  },
}

export const details: Command = {
  icon: 'info',
  label: words.details,
  isOffered: () => only() !== undefined,
  run: () => {
    const entry = only()
    if (entry !== undefined) openDialog.value = <DetailsDialog folder={path.value} entry={entry} />
  },
}

export const help: Command = {
  icon: 'help',
  label: words.help,
  shortcut: '?',
  isOffered: () => true,
  run: () => {
    openDialog.value = <HelpDialog />
  },
}

/** What can be done with what is selected, the most frequent first. */
export const SELECTION_COMMANDS: readonly Command[] = [
  ...[downloadSelection, shareSelection, rename, moveSelection, copySelection, details, remove],
]
