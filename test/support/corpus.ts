import fs from 'node:fs'
import path from 'node:path'
import { encodeFrame, encodeHeader } from '@ftp/protocol'
import * as v from 'valibot'

/** The states in which a conversation can be when a bad input arrives. */
export const STATES = [
  'connected',
  'greeted',
  'challenged',
  'serving',
  'receiving',
  'sending',
  'reading',
] as const
export type State = (typeof STATES)[number]

/** A bad input of the corpus: the bytes to send, and the reaction expected in each state. */
const row = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^B\d\d$/)),
  title: v.string(),
  input: v.strictObject({
    /** Bytes to send as they are. */
    hex: v.exactOptional(v.string()),
    /** The bytes of a header, to be sent in a frame. */
    headerHex: v.exactOptional(v.string()),
    /** The text of a header, to be sent in a frame. */
    text: v.exactOptional(v.string()),
    header: v.exactOptional(v.record(v.string(), v.unknown())),
    frames: v.exactOptional(v.array(v.record(v.string(), v.unknown()))),
    /** How many bytes of payload follow `header`. */
    payload: v.exactOptional(v.number()),
    /** How often it is sent, each time with the next id. */
    times: v.exactOptional(v.number()),
    /** Whether it is sent one byte at a time. */
    split: v.exactOptional(v.boolean()),
    /** How the client ends the connection afterwards. */
    // biome-ignore lint/suspicious/noThenProperty: the corpus reads as a sentence
    then: v.exactOptional(v.picklist(['end', 'reset'])),
  }),
  /**
   * An error code; a type of reply; `served` for any reply but an error; `ignored` for no reply; or `silence`
   * for the end of the connection without a reply. Given for each state, for `before` and `after` the login,
   * or once for all states.
   */
  reaction: v.union([v.string(), v.record(v.string(), v.string())]),
})
export type CorpusRow = v.InferOutput<typeof row>

const FOLDER = path.join(import.meta.dirname, '../security/corpus')

/** Reads the whole corpus. */
export function readCorpus(): CorpusRow[] {
  return fs
    .readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== 'elsewhere.json')
    .flatMap((name) => v.parse(v.array(row), JSON.parse(fs.readFileSync(path.join(FOLDER, name), 'utf8'))))
}

/** The reaction expected in a state; undefined if the row does not concern that state. */
export function reactionIn({ reaction }: CorpusRow, state: State): string | undefined {
  if (state === 'reading') return typeof reaction === 'string' ? undefined : reaction[state]
  if (typeof reaction === 'string') return reaction
  const before = state === 'connected' || state === 'greeted' || state === 'challenged'
  return reaction[state] ?? reaction[before ? 'before' : 'after']
}

/**
 * The bytes of an input. `@next`, `@current`, `@login` and `@nonce` are replaced by their values in the
 * conversation.
 */
export function bytesOf({ input }: CorpusRow, ids: Readonly<Record<string, number | string>>): Buffer {
  const { hex, headerHex, text, header, frames, payload = 0, times = 1 } = input
  if (hex !== undefined) return Buffer.from(hex, 'hex')
  if (headerHex !== undefined) return framed(Buffer.from(headerHex, 'hex'))
  if (text !== undefined) return framed(Buffer.from(replaced(text, ids)))
  const headers =
    frames ?? (header === undefined ? [] : Array.from({ length: times }, (_, i) => shifted(header, i)))
  return Buffer.concat(
    headers.map((one) => {
      const filled: object = JSON.parse(replaced(JSON.stringify(one), ids))
      return payload === 0 ? encodeHeader(filled) : encodeFrame(filled, new Uint8Array(payload))
    }),
  )
}

function framed(header: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header])
}

function shifted(header: Readonly<Record<string, unknown>>, by: number): object {
  return header['id'] === '@next' ? { ...header, id: `@next+${by}` } : header
}

/** Replaces the placeholders. Numbers lose the quotes that keep them valid JSON in the corpus. */
function replaced(text: string, ids: Readonly<Record<string, number | string>>): string {
  return text
    .replace(/"@(\w+)(?:\+(\d+))?"|@next/g, (whole, name: string | undefined, more = '0') =>
      name === undefined
        ? String(ids['next'])
        : name in ids
          ? String(Number(ids[name]) + Number(more))
          : whole,
    )
    .replaceAll('@nonce', String(ids['nonce']))
}
