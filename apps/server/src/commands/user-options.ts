import {
  PERMISSIONS,
  type Permission,
  type RemotePath,
  requirePortable,
  resolvePath,
  TransferError,
} from '@ftp/protocol'
import { parseBytes } from '@ftp/terminal'
import { type Command, InvalidArgumentError } from 'commander'
import { DOORS, type DoorName } from '../state/door-name.ts'
import { addStateOptions } from './state-folder.ts'

/** A number, or no limit. */
export type Limit = number | 'none'

/** Bytes per second. At a lower rate, clients would consider the connection dead. */
const LEAST_RATE = 8_192

/** Adds the options for the rights and limits of an account. */
export function addAccountOptions(command: Command): Command {
  return addStateOptions(command)
    .option('--home <dir>', 'the folder that the account sees, relative to the root; / for all of it', home)
    .option('--quota <size>', 'how much it may store: 500M, 10G; none for no limit', quota)
    .option('--quota-files <n>', 'how many files it may store; none for no limit', quotaFiles)
    .option('--rate <size>', 'bytes per second for all its connections together: 5M; none for no limit', rate)
    .option('--permissions <list>', `any of ${PERMISSIONS.join(',')}; or all, or none`, permissions)
    .option('--doors <list>', `how it may log in: any of ${DOORS.join(',')}; or all`, doors)
    .option(
      '--allow-clear-ftp',
      'let it log in by FTP without encryption, so that anyone can read its password',
    )
    .option('--no-allow-clear-ftp', 'require encryption again')
}

export function addPasswordOption(command: Command): Command {
  return command.option('--password-stdin', 'read the password from standard input instead of asking for it')
}

function home(text: string): RemotePath {
  try {
    const path = resolvePath(text)
    requirePortable(path)
    return path
  } catch (error) {
    throw new InvalidArgumentError(TransferError.from(error).message)
  }
}

function quota(text: string): Limit {
  if (text === 'none') return text
  const bytes = parseBytes(text)
  if (bytes === undefined) throw new InvalidArgumentError('Write a size like 500M, 10GB or none.')
  return bytes
}

/** Parses a rate in bytes per second. */
export function rate(text: string): Limit {
  const bytes = quota(text)
  if (bytes !== 'none' && bytes < LEAST_RATE)
    throw new InvalidArgumentError(`The lowest rate is ${LEAST_RATE} bytes a second.`)
  return bytes
}

function quotaFiles(text: string): Limit {
  if (text === 'none') return text
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a number or none.')
  return Number(text)
}

/** Parses a list of permissions. */
export function permissions(text: string): readonly Permission[] {
  return text === 'none' ? [] : listOf(text, PERMISSIONS)
}

function doors(text: string): readonly DoorName[] {
  return listOf(text, DOORS)
}

/** The words of a list, in the order of `all`. */
function listOf<T extends string>(text: string, all: readonly T[]): readonly T[] {
  if (text === 'all') return all
  const words = text.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !all.some((one) => one === word))
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is not one of ${all.join(', ')}.`)
  return all.filter((one) => words.includes(one))
}
