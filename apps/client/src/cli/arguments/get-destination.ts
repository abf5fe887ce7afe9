import fs from 'node:fs'
import path from 'node:path'
import { fromErrno, type IfExists, printable, type RemotePath, TransferError } from '@ftp/protocol'
import { localDisk } from '../../transfer/local/local-disk.ts'
import { makeFolder } from '../../transfer/local/local-folder.ts'
import { localPathBelow } from '../../transfer/local/local-path.ts'
import { takenBeside } from '../../transfer/local/partial-file.ts'
import { type Context, localPath } from '../command-context.ts'

/**
 * The local path to which a file or tree is fetched. @throws TransferError `name` if its name cannot be
 * stored here
 * @param output the value of `-o`; `-` is standard output
 * @returns undefined for standard output
 */
export function destinationOf(context: Context, remote: RemotePath, output = '.'): string | undefined {
  if (output === '-') return undefined
  const destination = localPath(context, output)
  const isDirectory = fs.statSync(destination, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isDirectory ? localPathBelow(destination, remote.at(-1) ?? '') : destination
}

/**
 * Makes the missing directories of the place where files are fetched to. It must be a directory if there are
 * several files, or if its name ends with a slash.
 * @throws TransferError `not_directory` if something else has its name; `usage` if the name is empty
 */
export async function makeDestination(
  context: Context,
  output: string | undefined,
  files: number,
): Promise<void> {
  if (output === '')
    throw new TransferError('usage', '-o needs a file, a directory, or - for standard output')
  if (output === undefined || output === '-') return
  const destination = path.resolve(localPath(context, output))
  const stats = fs.statSync(destination, { throwIfNoEntry: false })
  const mustBeDirectory = files > 1 || endsWithSeparator(output)
  if (stats !== undefined && !stats.isDirectory() && mustBeDirectory)
    throw new TransferError('not_directory', `"${printable(output)}" is a file here, not a directory`)
  const directory = mustBeDirectory ? destination : path.dirname(destination)
  if (stats !== undefined || fs.existsSync(directory)) return
  try {
    await makeFolder(directory, localDisk)
  } catch (error) {
    throw fromErrno(error, `"${printable(directory)}"`)
  }
}

/** On Windows, a backslash ends the name of a directory too. */
export function endsWithSeparator(typed: string, separator = path.sep): boolean {
  return typed.endsWith('/') || typed.endsWith(separator)
}

/**
 * Ensures that fetched files replace neither each other nor the partial files of each other. @throws
 * TransferError `usage`
 */
export function requireDistinct(destinations: readonly (string | undefined)[], ifExists: IfExists): void {
  const files = destinations.flatMap((destination) => destination ?? [])
  const seen = new Set<string>()
  for (const to of files) {
    if (seen.has(path.resolve(to)) && ifExists !== 'rename') {
      throw new TransferError(
        'usage',
        `two of these files would become "${printable(to)}"; fetch them into different directories`,
      )
    }
    seen.add(path.resolve(to))
  }
  for (const to of files) {
    const taken = takenBeside(path.resolve(to)).find((name) => seen.has(name))
    if (taken !== undefined) {
      throw new TransferError(
        'usage',
        `"${printable(taken)}" is what "${printable(to)}" is called while it is received; fetch them into different directories`,
      )
    }
  }
}
