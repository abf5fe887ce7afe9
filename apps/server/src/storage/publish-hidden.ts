import type { TempFile } from '@ftp/files'
import { TransferError } from '@ftp/protocol'
import { announce } from './announce.ts'
import type { Directory } from './directory.ts'
import { toStatus } from './status.ts'
import type { FileMetadata, OnChange, Status } from './storage.ts'

/** A file that is complete, under its hidden name. */
interface Hidden {
  readonly file: TempFile
  readonly parent: Directory
  /** Its present name. */
  readonly hidden: string
  /** The name that it is to get. */
  readonly target: string
  /** The target in messages. */
  readonly what: string
}

/**
 * Gives a file its final name. Call this while nothing else is published; the caller makes the directory
 * durable.
 * @param onChange called immediately before the change; an error that it throws prevents the change
 * @returns undefined if the existing file stays
 * @throws TransferError `changed` if the existing file is not the one to be replaced, or a system error
 */
export function publishHidden(
  { file, parent, hidden, target, what }: Hidden,
  { ifExists, ifVersion }: FileMetadata,
  onChange: OnChange | undefined,
): Status | undefined {
  if (ifVersion !== undefined) {
    const existing = parent.fs.find(parent.at(target))
    const isMeant = existing && (ifVersion === 'any' || toStatus('', existing, parent).version === ifVersion)
    if (isMeant !== true)
      throw new TransferError('changed', `${what} is not the version that was to be replaced`)
  }
  if (onChange) announce(parent, hidden, target, { ifExists, onChange })
  const name = file.publish(target, ifExists)
  // Read the status at once: from now on anybody may write to the file, which would make it another version.
  return name === undefined ? undefined : toStatus(name, file.stats(), parent)
}
