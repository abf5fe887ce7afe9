import { openDialog } from '../../state/dialog.ts'

/** Shows the dialog that is open, if one is. */
export function DialogHost() {
  return <>{openDialog.value}</>
}
