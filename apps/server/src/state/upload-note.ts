import { IF_EXISTS, type IfExists } from '@ftp/protocol'
import * as v from 'valibot'

/*
 * What the state keeps about an upload whose chain the server computes, for later connections and later
 * starts of the server.
 */

const note = v.object({
  mtime: v.optional(v.number()),
  mode: v.optional(v.number()),
  ifExists: v.picklist(IF_EXISTS),
  ifVersion: v.optional(v.string()),
  md5: v.optional(v.string()),
  link: v.optional(v.string()),
})

/** The promises of a client about its file, apart from the length. */
export interface UploadNote {
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
  readonly ifVersion?: string | undefined
  /** The MD5 that the complete file has to have. */
  readonly md5: Uint8Array | undefined
  /** The id of the share link by which a guest has begun the upload. */
  readonly link: string | undefined
}

export function formatNote({ mtime, mode, ifExists, ifVersion, md5, link }: UploadNote): string {
  const hex = md5 && Buffer.from(md5).toString('hex')
  const kept = { mtime, mode, ifExists, ifVersion, md5: hex, link }
  return JSON.stringify(kept satisfies v.InferOutput<typeof note>)
}

export function parseNote(text: string): UploadNote {
  const { md5, link, ...rest } = v.parse(note, JSON.parse(text))
  return { ...rest, link, md5: md5 === undefined ? undefined : Buffer.from(md5, 'hex') }
}

const answer = v.object({
  type: v.picklist(['stored', 'skipped']),
  /** Absent if the server was killed at the moment at which the file got its name. */
  version: v.optional(v.string()),
  isReplaced: v.boolean(),
  size: v.number(),
  md5: v.optional(v.string()),
  link: v.optional(v.string()),
})
/** What a client whose answer was lost is told again. */
export type UploadAnswer = Readonly<v.InferOutput<typeof answer>>

export function formatAnswer(given: UploadAnswer): string {
  return JSON.stringify(given)
}

export function parseAnswer(text: string): UploadAnswer {
  return v.parse(answer, JSON.parse(text))
}
