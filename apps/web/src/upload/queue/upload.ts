import { ApiError } from '../../api/api-error.ts'
import type { IfExists } from '../transfer/upload-client.ts'

/** What happens to an upload whose name exists. */
export type ClashChoice = 'replace' | 'keep-both' | 'skip'

export type UploadState =
  /** Waits for its turn. */
  | { readonly type: 'waiting' }
  /** Is compared with what an earlier upload of that name has left on the server. */
  | { readonly type: 'comparing'; readonly bytes: number }
  | { readonly type: 'sending' }
  /** Waits for a server that does not answer. */
  | { readonly type: 'unreachable' }
  | { readonly type: 'paused' }
  /** Its name exists, and nobody has said yet what to do. */
  | { readonly type: 'clashing' }
  | { readonly type: 'done' }
  | { readonly type: 'skipped' }
  | { readonly type: 'failed'; readonly reason: FailureReason }

/** Why an upload has failed: a code of PROTOCOL.md, or that this machine could not read the file. */
export type FailureReason = { readonly code: string; readonly message: string }

/** One thing that the user has chosen to upload. */
export interface ChosenItem {
  /** The folders from the chosen one down to the file. */
  readonly folder: readonly string[]
  /** Undefined for an empty folder. */
  readonly file: File | undefined
}

let count = 0

/** One file, or one empty folder, that is uploaded. */
export class Upload {
  /** Different for each upload of the page. */
  readonly id = count++
  readonly item: ChosenItem
  /** The folder into which the user has put everything. */
  readonly base: readonly string[]
  /** The name under which the file is stored. */
  name: string
  ifExists: IfExists
  state: UploadState = { type: 'waiting' }
  /** How many bytes the server has. */
  sent = 0
  /** What the user should know about an upload that another one preceded. */
  notice: 'continued' | 'restarted' | undefined

  constructor(item: ChosenItem, base: readonly string[], ifExists: IfExists) {
    this.item = item
    this.base = base
    this.name = item.file?.name ?? item.folder.at(-1) ?? ''
    this.ifExists = ifExists
  }

  get size(): number {
    return this.item.file?.size ?? 0
  }

  /** Where it is stored. */
  get path(): readonly string[] {
    const { file, folder } = this.item
    return file === undefined ? [...this.base, ...folder] : [...this.base, ...folder, this.name]
  }

  /** Whether nothing will happen to it unless the user asks for it. */
  get isOver(): boolean {
    const { type } = this.state
    return type === 'done' || type === 'skipped' || type === 'failed'
  }
}

/** Describes why an upload has failed. */
export function reasonOf(error: unknown): FailureReason {
  if (error instanceof ApiError) return { code: error.code, message: error.message }
  if (error instanceof DOMException) return { code: 'unreadable', message: error.message }
  return { code: 'internal', message: String(error) }
}
