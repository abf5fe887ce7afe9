import fs from 'node:fs'
import path from 'node:path'
import type { Writable } from 'node:stream'
import {
  formatPath,
  fromErrno,
  type IfExists,
  parsePath,
  printable,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import { Client } from '../client.ts'
import { receiveFile, receiveStream } from '../receive.ts'
import { isRemoteDirectory } from '../remote.ts'
import { takenBeside } from '../transfer/local-file.ts'
import {
  type Context,
  folderOf,
  localPath,
  openSession,
  remotePath,
  reporterFor,
  tellLeftOut,
} from './context.ts'
import { listTree } from './listing.ts'
import { type Job, runTransfers } from './transfers.ts'

export interface GetOptions {
  readonly output?: string
  readonly recursive?: boolean
  readonly jobs: number
  readonly ifExists: IfExists
}

/** `get <remote...>`: fetches files into the current directory, or where `-o` says. */
export async function get(
  context: Context,
  remotes: readonly string[],
  options: GetOptions,
): Promise<number> {
  if (options.output === '-' && context.options.json) {
    throw new TransferError('bad_request', '--json and -o - both want standard output; leave one out')
  }
  using session = await openSession(context)
  const client = new Client(session, folderOf(context))
  requirePlace(context, options, remotes.length)
  const found: Found = { jobs: [], failures: [], leftOut: [] }
  for (const remote of remotes) {
    try {
      await plan(context, client, remotePath(context, remote), options, found)
    } catch (error) {
      context.signal.throwIfAborted()
      found.failures.push(TransferError.from(error))
    }
  }
  requireDistinct(found.jobs)
  const reporter = reporterFor(context, 'received', found.jobs.length)
  for (const failure of found.failures) reporter.file(failure.message, '').failed(failure)
  for (const path of found.leftOut) tellLeftOut(context, path)
  return await runTransfers(
    session,
    reporter,
    found.jobs,
    options.output === '-' ? 1 : options.jobs,
    found.failures,
  )
}

interface Found {
  readonly jobs: Job[]
  readonly failures: TransferError[]
  /** Links, pipes and the like. */
  readonly leftOut: string[]
}

async function plan(
  context: Context,
  client: Client,
  remote: RemotePath,
  options: GetOptions,
  found: Found,
): Promise<void> {
  const { recursive = false, ifExists } = options
  const name = remote.at(-1)
  if (options.output === '-') {
    found.jobs.push(toStream(remote, 'standard output', () => context.stdout, context.signal))
    return
  }
  const output = localPath(context, options.output ?? '.')
  const isDirectory = fs.statSync(output, { throwIfNoEntry: false })?.isDirectory() ?? false
  const target = isDirectory ? path.join(output, name ?? '') : output
  if (recursive && (await isRemoteDirectory(client, remote)))
    return await planTree(client, remote, target, ifExists, found)
  const existing = fs.statSync(target, { throwIfNoEntry: false })
  if (existing !== undefined && !existing.isFile() && !existing.isDirectory()) {
    found.jobs.push(
      toStream(remote, target, () => fs.createWriteStream(target, { flags: 'w' }), context.signal),
    )
  } else found.jobs.push(toFile(remote, target, ifExists))
}

/** Several files, or a name with a slash at its end, need a directory that is there. */
function requirePlace(context: Context, { output }: GetOptions, files: number): void {
  if (output === '')
    throw new TransferError('bad_request', '-o needs a file, a directory, or - for standard output')
  if (output === undefined || output === '-' || (files === 1 && !output.endsWith('/'))) return
  if (fs.statSync(localPath(context, output), { throwIfNoEntry: false })?.isDirectory()) return
  const why = files > 1 ? 'several files cannot have one name' : 'make it first, or leave out the slash'
  throw new TransferError('not_directory', `"${printable(output)}" is not a directory here; ${why}`)
}

async function planTree(
  client: Client,
  root: RemotePath,
  target: string,
  ifExists: IfExists,
  found: Found,
): Promise<void> {
  makeFolder(target)
  const { entries, unnamable } = await listTree(client, root)
  if (unnamable > 0)
    found.failures.push(
      new TransferError('name', `${unnamable} names there cannot be fetched and were left out`),
    )
  for (const entry of entries) {
    // What the server names must stay below the target, whatever it says.
    const below = parsePath(entry.name)
    const remote = parsePath([...root, ...below].join('/'))
    const local = path.join(target, ...below)
    if (entry.type === 'directory') makeFolder(local)
    else if (entry.type === 'file') found.jobs.push(toFile(remote, local, ifExists))
    else found.leftOut.push(formatPath(remote))
  }
}

function makeFolder(local: string): void {
  try {
    fs.mkdirSync(local, { recursive: true })
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

function toFile(remote: RemotePath, target: string, ifExists: IfExists): Job {
  return {
    name: formatPath(remote),
    to: target,
    move: (run, listener) => receiveFile(run, remote, target, ifExists, listener).catch(adviseRecursion),
  }
}

function adviseRecursion(error: unknown): never {
  const failure = TransferError.from(error)
  if (failure.code !== 'is_directory') throw failure
  throw new TransferError('is_directory', `${failure.message}; use -r to fetch it`, { cause: failure })
}

function toStream(remote: RemotePath, to: string, open: () => Writable, signal: AbortSignal): Job {
  return {
    name: formatPath(remote),
    to,
    move: (run, listener) => receiveStream(run, remote, open(), listener, signal),
  }
}

function requireDistinct(jobs: readonly Job[]): void {
  const seen = new Set<string>()
  for (const { to } of jobs) {
    if (to !== 'standard output' && seen.has(path.resolve(to))) {
      throw new TransferError(
        'bad_request',
        `two of these files would become "${printable(to)}"; fetch them into different directories`,
      )
    }
    seen.add(path.resolve(to))
  }
  for (const { to } of jobs) {
    const taken = takenBeside(path.resolve(to)).find((name) => seen.has(name))
    if (taken !== undefined) {
      throw new TransferError(
        'bad_request',
        `"${printable(taken)}" is what "${printable(to)}" is called while it is received; fetch them into different directories`,
      )
    }
  }
}
