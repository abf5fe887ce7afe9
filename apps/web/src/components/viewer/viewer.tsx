import { useEffect, useRef } from 'preact/hooks'
import { urlOf } from '../../api/path.ts'
import { download } from '../../state/download.ts'
import { closeView, path, route, view } from '../../state/route.ts'
import { selectOnly } from '../../state/selection.ts'
import { positions, shown } from '../../state/shown.ts'
import { viewable } from '../../state/viewable.ts'
import { texts } from '../../texts/texts.ts'
import { IconButton } from '../common/icon-button.tsx'
import { FileView } from './file-view.tsx'
import { useSwipe } from './use-swipe.ts'

/** Shows one file after the other above the folder. Arrows and swipes lead to the next, Escape back. */
export function Viewer() {
  const { viewed } = route.value
  return viewed === undefined ? null : <OpenViewer name={viewed} />
}

function OpenViewer({ name }: { readonly name: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const entry = shown.value[positions.value.get(name) ?? -1]
  const files = viewable.value
  const index = files.findIndex((file) => file.name === name)
  const words = texts.viewer

  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => selectOnly(name), [name])

  function step(distance: number): void {
    const next = files[index + distance]
    if (index !== -1 && next !== undefined) view(next.name)
  }
  const swipe = useSwipe({ onLeft: () => step(1), onRight: () => step(-1), onDown: closeView })

  function onKeyDown(event: KeyboardEvent): void {
    // Inside a film, arrows lead through time.
    if (event.target instanceof HTMLMediaElement) return
    if (event.key === 'ArrowRight') step(1)
    if (event.key === 'ArrowLeft') step(-1)
  }

  return (
    <dialog ref={dialog} class="viewer" aria-label={name} onClose={closeView} onKeyDown={onKeyDown}>
      <header>
        <bdi class="name">{name}</bdi>
        <span class="soft">{index === -1 ? '' : words.position(index + 1, files.length)}</span>
        {entry !== undefined && (
          <IconButton
            icon="download"
            label={texts.commands.download}
            onClick={() => download(path.value, [entry])}
          />
        )}
        <IconButton icon="close" label={texts.close} onClick={closeView} />
      </header>
      <div class="stage" {...swipe}>
        <FileView key={name} name={name} url={urlOf([...path.value, name])} path={[...path.value, name]} />
      </div>
      {index > 0 && (
        <span class="step previous">
          <IconButton icon="previous" label={words.previous} onClick={() => step(-1)} />
        </span>
      )}
      {index !== -1 && index < files.length - 1 && (
        <span class="step next">
          <IconButton icon="next" label={words.next} onClick={() => step(1)} />
        </span>
      )}
    </dialog>
  )
}
