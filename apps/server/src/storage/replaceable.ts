import * as files from '@ftp/files'
import type { EntryType, RemotePath } from '@ftp/protocol'
import { attempt } from './directory.ts'

/**
 * Refuses to put a file in the place of anything but a file.
 * @throws TransferError `is_directory`; `not_file` for a link, pipe, socket or device
 */
export function requireReplaceable(path: RemotePath, type: EntryType): void {
  attempt(path, () => files.requireReplaceable(type))
}
