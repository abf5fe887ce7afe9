import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a frame header: one JSON object (RFC 8259) in valid UTF-8, without duplicate keys, not nested
 * deeper than {@link LIMITS.jsonDepth}. `JSON.parse` alone would take the last of two equal keys, so two
 * readers could see two different requests, and would build any depth.
 * @throws TransferError `protocol`
 */
export function parseHeader(bytes: Uint8Array): object {
  let value: unknown
  try {
    const text = decoder.decode(bytes)
    checkStructure(text)
    value = JSON.parse(text)
  } catch (cause) {
    if (cause instanceof TransferError) throw cause
    throw new TransferError('protocol', 'a frame header is not valid JSON in UTF-8', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TransferError('protocol', 'a frame header is not a JSON object')
  }
  return value
}

/** Walks the tokens once, before anything is built from them. */
function checkStructure(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let expectKey = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b /* { */:
      case 0x5b /* [ */:
        if (open.length === LIMITS.jsonDepth)
          throw new TransferError('protocol', 'a frame header is nested too deeply')
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
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c /* \ */) at++
    else if (code === 0x22) return at
  }
  throw new TransferError('protocol', 'a frame header is not valid JSON in UTF-8')
}

function addKey(keys: Set<string> | undefined, literal: string): void {
  const key = literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
  if (keys?.has(key)) throw new TransferError('protocol', 'a frame header has a key twice')
  keys?.add(key)
}
