import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { readStart } from '../../api/content.ts'
import type { Path } from '../../api/path.ts'
import { formatSize } from '../../format/size.ts'
import { describeError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'

/** The most that is shown of a text, in bytes. */
const MOST = 524_288

/** A text, and nothing else than a text: no character of it is taken for HTML. */
export function TextView({ path }: { readonly path: Path }) {
  const text = useSignal<string | undefined>(undefined)
  const isCut = useSignal(false)
  useEffect(() => {
    const stop = new AbortController()
    readStart(path, MOST, stop.signal).then(
      (bytes) => {
        text.value = decode(bytes)
        isCut.value = bytes.length === MOST
      },
      (error) => {
        if (!stop.signal.aborted) text.value = describeError(error)
      },
    )
    return () => stop.abort()
  }, [])
  return (
    <pre class="text" dir="auto" tabIndex={0}>
      {text}
      {isCut.value && <p class="soft">{texts.viewer.cut(formatSize(MOST))}</p>}
    </pre>
  )
}

/** UTF-16 if the text says so, UTF-8 if it can be, otherwise what Windows wrote before. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    // The last character may have been cut.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
