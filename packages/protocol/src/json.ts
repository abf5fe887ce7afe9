import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a frame header: one JSON object (RFC 8259) in valid UTF-8, without duplicate keys, and not nested
 * deeper than {@link LIMITS.jsonDepth}. `JSON.parse` alone would accept any depth, and would use the last of
 * two equal keys, so that two readers might see two different requests.
 * @throws TransferError `protocol`
 */
export function parseHeader(bytes: Uint8Array): object {
  let value: unknown
  try {
    const text = decoder.decode(bytes)
    value = JSON.parse(text)
    // If serialising the value gives the same text, as with most headers, then no key occurs twice.
    if (JSON.stringify(value) !== text) checkKeys(text)
  } catch (cause) {
    if (cause instanceof TransferError) throw cause
    throw new TransferError('protocol', 'a frame header is not valid JSON in UTF-8', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TransferError('protocol', 'a frame header is not a JSON object')
  }
  if (isDeeper(value, LIMITS.jsonDepth))
    throw new TransferError('protocol', 'a frame header is nested too deeply')
  return value
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return inner.some((one) => isDeeper(one, levels - 1))
}

/** Refuses an object with two equal keys. The text must be valid JSON. @throws TransferError `protocol` */
function checkKeys(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let expectKey = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b /* { */:
      case 0x5b /* [ */:
        expectKey = text[at] === '{'
        open.push(expectKey ? new Set() : undefined)
        break
      case 0x7d /* } */:
      case 0x5d /* ] */:
        open.pop()
        expectKey = false
        break
      case 0x2c /* , */:
        expectKey = open.at(-1) !== undefined
        break
      case 0x22 /* " */:
        {
          const end = endOfString(text, at)
          if (expectKey) addKey(open.at(-1), text.slice(at, end + 1))
          expectKey = false
          at = end
          break
        }
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c /* \ */ ? 2 : 1
  return at
}

function addKey(keys: Set<string> | undefined, literal: string): void {
  const key = literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
  if (keys?.has(key)) throw new TransferError('protocol', 'a frame header has a key twice')
  keys?.add(key)
}
