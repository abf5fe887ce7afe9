import type { Entry } from '../../api/entry.ts'
import { move } from '../../api/files.ts'
import { renameEntry } from '../../state/folder.ts'
import { path } from '../../state/route.ts'
import { selectOnly } from '../../state/selection.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'
import { NameForm } from './name-form.tsx'

export function RenameDialog({ entry }: { readonly entry: Entry }) {
  const words = texts.rename
  const parent = path.value
  return (
    <Dialog title={words.title}>
      <NameForm
        label={words.name}
        initial={entry.name}
        submit={words.submit}
        onName={async (name) => {
          await move({ from: [...parent, entry.name], to: [...parent, name], isReplacing: false })
          renameEntry(parent, entry.name, name)
          selectOnly(name)
        }}
      />
    </Dialog>
  )
}
