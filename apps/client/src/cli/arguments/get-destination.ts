import fs from 'node:fs'
import path from 'node:path'
import { type IfExists, printable, type RemotePath, TransferError } from '@ftp/protocol'
import { takenBeside } from '../../transfer/local/partial-file.ts'
import { type Context, localPath } from '../command-context.ts'

/**
 * The local path to which a file or tree is fetched.
 * @param output the value of `-o`; `-` is standard output
 * @returns undefined for standard output
 */
export function destinationOf(context: Context, remote: RemotePath, output = '.'): string | undefined {
  if (output === '-') return undefined
  const destination = localPath(context, output)
  const isDirectory = fs.statSync(destination, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isDirectory ? path.join(destination, remote.at(-1) ?? '') : destination
}

/**
 * Requires an existing directory for several files, and for a name that ends with a slash. @throws
 * TransferError `not_directory`; `usage` if the name is empty
 */
export function requireDestinationFolder(context: Context, output: string | undefined, files: number): void {
  if (output === '')
    throw new TransferError('usage', '-o needs a file, a directory, or - for standard output')
  if (output === undefined || output === '-' || (files === 1 && !output.endsWith('/'))) return
  if (fs.statSync(localPath(context, output), { throwIfNoEntry: false })?.isDirectory()) return
  const why = files > 1 ? 'several files cannot have one name' : 'make it first, or leave out the slash'
  throw new TransferError('not_directory', `"${printable(output)}" is not a directory here; ${why}`)
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
