import fs from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { fromErrno, STATE_NAME, TransferError } from '@ftp/protocol'
import { type Command, Option } from 'commander'
import { makeStateFolder } from '../config.ts'
import { openDatabase } from '../databases/sqlite/database.ts'

/** The location of a server's state, given either directly or by the folder that is served. */
export interface StateOptions {
  readonly root: string
  readonly state?: string
}

/** The default state folder, as the help writes it. */
export const DEFAULT_STATE = `<root>/${STATE_NAME}`

/** Adds the options that all commands on a server's state have. */
export function addStateOptions(command: Command): Command {
  return command
    .addOption(new Option('--root <dir>', 'the folder that the server serves').default('storage'))
    .addOption(
      new Option('--state <dir>', `the server's state folder (default: ${DEFAULT_STATE})`).env(
        'FTP_SERVER_STATE',
      ),
    )
}

/**
 * Opens the state of a server, which may be running.
 * @throws TransferError `not_found` if no server has created a state there
 */
export function openState(options: StateOptions): DatabaseSync {
  const file = fileIn(options)
  if (!isThere(file))
    throw new TransferError(
      'not_found',
      `"${path.dirname(file)}" has no state of a server; name the served folder with --root, or the state folder with --state`,
    )
  return openDatabase(file)
}

/**
 * Does the same, but creates the state if no server has been started yet.
 * @throws TransferError `not_found` if the folder to serve does not exist either
 */
export function makeState(options: StateOptions): DatabaseSync {
  const file = fileIn(options)
  if (options.state === undefined && !fs.existsSync(options.root))
    throw new TransferError(
      'not_found',
      `there is no folder "${path.resolve(options.root)}"; name the served folder with --root, or the state folder with --state`,
    )
  makeStateFolder(path.dirname(file))
  return openDatabase(file)
}

/** @throws TransferError `forbidden` if this user may not check whether the file exists */
function isThere(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    const { code, message } = fromErrno(error, `"${file}"`)
    throw new TransferError(code, `${message}; run this as the user who runs the server`, { cause: error })
  }
}

function fileIn({ root, state = path.join(root, STATE_NAME) }: StateOptions): string {
  return path.resolve(state, 'state.db')
}
