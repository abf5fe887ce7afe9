import { layout } from '../../state/preferences.ts'
import { texts } from '../../texts/texts.ts'
import { IconButton } from '../common/icon-button.tsx'

/** Switches between the list and the grid of pictures. */
export function LayoutButton() {
  const isGrid = layout.value === 'grid'
  return (
    <IconButton
      icon={isGrid ? 'list' : 'grid'}
      label={isGrid ? texts.layout.list : texts.layout.grid}
      onClick={() => {
        layout.value = isGrid ? 'list' : 'grid'
      }}
    />
  )
}
