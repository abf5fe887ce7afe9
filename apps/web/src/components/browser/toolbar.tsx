import { selected, selectNothing } from '../../state/selection.ts'
import { texts } from '../../texts/texts.ts'
import { IconButton } from '../common/icon-button.tsx'
import { CommandButton } from './command-button.tsx'
import { newFolder, paste, SELECTION_COMMANDS, shareFolder } from './commands.tsx'
import { LayoutButton } from './layout-button.tsx'
import { SortMenu } from './sort-menu.tsx'
import { UploadMenu } from './upload-menu.tsx'

/** What can be done: with the folder or, if something is selected, with that. On a phone it is at the bottom. */
export function Toolbar() {
  const count = selected.value.size
  return (
    <div class="toolbar" role="toolbar" aria-label={texts.toolbar}>
      {count > 0 ? (
        <>
          <IconButton icon="close" label={texts.selection.clear} onClick={selectNothing} />
          <span class="toolbar-count">{texts.selection.count(count)}</span>
          {SELECTION_COMMANDS.map((command) => (
            <CommandButton key={command.label} command={command} />
          ))}
        </>
      ) : (
        <>
          <UploadMenu />
          <CommandButton command={newFolder} />
          <CommandButton command={shareFolder} />
          <CommandButton command={paste} />
          <span class="spacer" />
          <SortMenu />
          <LayoutButton />
        </>
      )}
    </div>
  )
}
