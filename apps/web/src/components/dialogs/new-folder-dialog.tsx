import { makeFolder } from '../../api/files.ts'
import { folderChanged } from '../../state/folder.ts'
import { path } from '../../state/route.ts'
import { selectOnly } from '../../state/selection.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'
import { NameForm } from './name-form.tsx'

export function NewFolderDialog() {
  const words = texts.newFolder
  const parent = path.value
  return (
    <Dialog title={words.title}>
      <NameForm
        label={words.name}
        initial=""
        submit={words.submit}
        onName={async (name) => {
          await makeFolder([...parent, name])
          folderChanged(parent)
          selectOnly(name)
        }}
      />
    </Dialog>
  )
}
