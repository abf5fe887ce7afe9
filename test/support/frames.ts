/** The offsets of one frame in a plaintext stream: its start, the start of its payload, and its end. */
export interface FrameSpan {
  readonly start: number
  readonly payload: number
  readonly end: number
}

/** The frames of a recorded plaintext stream. */
export function frameSpans(stream: Buffer): FrameSpan[] {
  const spans: FrameSpan[] = []
  for (let start = 0; start < stream.length; ) {
    const payload = start + 4 + stream.readUInt32LE(start)
    const end = payload + sizeIn(JSON.parse(stream.toString('utf8', start + 4, payload)))
    spans.push({ start, payload, end })
    start = end
  }
  return spans
}

function sizeIn(header: unknown): number {
  if (typeof header !== 'object' || header === null || !('size' in header)) return 0
  return Number(header.size)
}
