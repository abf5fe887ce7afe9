/** Where the frames of a plaintext stream end, and the headers of those with a payload. */
export function frameBorders(stream: Buffer): number[] {
  const borders: number[] = []
  for (let at = 0; at < stream.length; ) {
    const payload = at + 4 + stream.readUInt32LE(at)
    const header: unknown = JSON.parse(stream.toString('utf8', at + 4, payload))
    const size =
      typeof header === 'object' && header !== null && 'size' in header && typeof header.size === 'number'
        ? header.size
        : 0
    if (size > 0) borders.push(payload)
    at = payload + size
    borders.push(at)
  }
  return borders
}
