import { encode } from 'uqr'
import { texts } from '../texts/texts.ts'

/** A text for the camera of a phone. It is dark on light in both themes, because some cameras need that. */
export function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 2 })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={texts.share.qr}>
      <path d={squares.join('')} />
    </svg>
  )
}
