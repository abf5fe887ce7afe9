import { LIMITS } from './limits.ts'

/** Matches most names: ASCII, without a slash or a control character, and without a dot at the beginning. */
const ORDINARY = /^[\x20-\x2d\x30-\x7e][\x20-\x2e\x30-\x7e]{0,254}$/
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const JOINERS = /\u200c|\u200d/gu
/** Flags of regions, such as England's: a black flag, tags, and the end tag. */
const FLAGS = /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}/gu
const WINDOWS_CHARACTERS = /[<>:"|?*\\]/
const WINDOWS_DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i

/** Names that are reserved for the server: its state folder, and the partials of uploads. */
export const STATE_NAME = '.ftp-server'
export const PARTIAL_PREFIX = '.ftp-part-'

/**
 * Explains why `name` can never be one component of a path, on any system.
 * @returns undefined if it can be
 */
export function nameProblem(name: string): string | undefined {
  if (ORDINARY.test(name)) return undefined
  if (name === '') return 'a name is empty'
  if (name === '.' || name === '..') return `"${name}" is not a name`
  if (!name.isWellFormed()) return 'a name is not valid Unicode'
  if (name.includes('/')) return 'a name contains a slash'
  if (Buffer.byteLength(name) > LIMITS.name) return `a name is longer than ${LIMITS.name} bytes`
  const visible = name.replace(JOINERS, '')
  const bad = FORBIDDEN_CHARACTERS.exec(visible.replace(FLAGS, ''))
  if (bad) return `a name contains the control character ${codePoint(bad[0])}`
  if (isReservedName(name)) return 'a name is reserved for the server'
  return undefined
}

/** Whether a name is one of the server's own: its state folder or a partial, on any file system. */
export function isReservedName(name: string): boolean {
  // Remove joiners, because some file systems ignore them in comparisons of names.
  const key = collisionKey(name.replace(JOINERS, ''))
  return key === STATE_KEY || key.startsWith(PARTIAL_KEY)
}

/**
 * Explains why `name` should not be created: some system, above all Windows, could not store it, or would
 * open something else under this name.
 * @returns undefined if every system can store it
 */
export function portabilityProblem(name: string): string | undefined {
  const bad = WINDOWS_CHARACTERS.exec(name)
  if (bad) return `a name contains ${bad[0]}, which Windows cannot store`
  if (/[. ]$/.test(name)) return 'a name ends with a dot or a space, which Windows drops'
  const stem = (name.split('.')[0] ?? '').trimEnd()
  if (WINDOWS_DEVICES.test(stem)) return `"${stem}" is the name of a device on Windows`
  return undefined
}

/**
 * A key that is equal for any names that some file system treats as the same: differences in case,
 * composition and compatibility are removed (node-tar's key since CVE-2026-23950).
 */
export function collisionKey(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name.toUpperCase() : name.normalize('NFKD').toLowerCase().toUpperCase()
}

const STATE_KEY = collisionKey(STATE_NAME)
const PARTIAL_KEY = collisionKey(PARTIAL_PREFIX)

/**
 * Makes untrusted text (names, messages of a peer) safe for a terminal or a log line: control, format and
 * separator characters and lone surrogates become visible escapes.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\u200d' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

/**
 * Makes a line of JSON safe in the same way, except for its line break. The meaning of the JSON stays the
 * same.
 */
export function printableJson(line: string): string {
  if (/^[\x20-\x7e]*\n?$/.test(line)) return line
  return line.replace(UNSAFE, (character) => (character === '\n' ? character : escapeJson(character)))
}

function escapeJson(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
