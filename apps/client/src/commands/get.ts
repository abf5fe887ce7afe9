import fs from 'node:fs'
import path from 'node:path'
import type { Writable } from 'node:stream'
import {
  type Entry,
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
import { type Context, folderOf, localPath, openSession, remotePath, reporterFor } from './context.ts'
import { listTree } from './listing.ts'
import { type Found, type Job, runTransfers } from './transfers.ts'

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
  requireDistinct(
    remotes.map((remote) => targetOf(context, remotePath(context, remote), options)),
    options.ifExists,
  )
  return await runTransfers(
    context,
    session,
    reporterFor(context, 'received', remotes.length > 1, options.recursive ?? false),
    find(context, client, remotes, options),
    options.output === '-' ? 1 : options.jobs,
  )
}

async function* find(
  context: Context,
  client: Client,
  remotes: readonly string[],
  options: GetOptions,
): AsyncGenerator<Found> {
  for (const remote of remotes) {
    try {
      yield* plan(context, client, remotePath(context, remote), options)
    } catch (error) {
      context.signal.throwIfAborted()
      yield { failure: TransferError.from(error) }
    }
  }
}

async function* plan(
  context: Context,
  client: Client,
  remote: RemotePath,
  options: GetOptions,
): AsyncGenerator<Found> {
  const { recursive = false, ifExists } = options
  const target = targetOf(context, remote, options)
  if (target === undefined) {
    yield { job: toStream(remote, 'standard output', () => context.stdout, context.signal) }
  } else if (recursive && (await isRemoteDirectory(client, remote))) {
    yield* planTree(client, remote, target, ifExists)
  } else {
    const existing = fs.statSync(target, { throwIfNoEntry: false })
    const isDevice = existing !== undefined && !existing.isFile() && !existing.isDirectory()
    const open = (): Writable => fs.createWriteStream(target, { flags: 'w' })
    yield {
      job: isDevice ? toStream(remote, target, open, context.signal) : fetchJob(remote, target, ifExists),
    }
  }
}

/** Where a file or tree goes; undefined is standard output. */
function targetOf(context: Context, remote: RemotePath, options: GetOptions): string | undefined {
  if (options.output === '-') return undefined
  const output = localPath(context, options.output ?? '.')
  const isDirectory = fs.statSync(output, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isDirectory ? path.join(output, remote.at(-1) ?? '') : output
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

async function* planTree(
  client: Client,
  root: RemotePath,
  target: string,
  ifExists: IfExists,
): AsyncGenerator<Found> {
  makeFolder(target)
  const failures: TransferError[] = []
  for await (const entry of listTree(client, root, (failure) => failures.push(failure))) {
    try {
      // What the server names must stay below the target, whatever it says.
      const below = parsePath(entry.name)
      const remote = parsePath([...root, ...below].join('/'))
      const local = path.join(target, ...below)
      if (entry.type === 'directory') makeFolder(local)
      else if (entry.type === 'file') yield { job: fetchJob(remote, local, ifExists, entry) }
      else yield { leftOut: formatPath(remote) }
    } catch (error) {
      yield { failure: TransferError.from(error) }
    }
  }
  for (const failure of failures) yield { failure }
}

function makeFolder(local: string): void {
  try {
    fs.mkdirSync(local, { recursive: true })
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

/** @param listed what the server has said of it, where it has */
export function fetchJob(remote: RemotePath, target: string, ifExists: IfExists, listed?: Entry): Job {
  return {
    name: formatPath(remote),
    to: target,
    size: listed?.size,
    move: (run, listener) =>
      receiveFile(run, remote, target, ifExists, listener, listed).catch(adviseRecursion),
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

function requireDistinct(targets: readonly (string | undefined)[], ifExists: IfExists): void {
  const files = targets.flatMap((target) => target ?? [])
  const seen = new Set<string>()
  for (const to of files) {
    if (seen.has(path.resolve(to)) && ifExists !== 'rename') {
      throw new TransferError(
        'bad_request',
        `two of these files would become "${printable(to)}"; fetch them into different directories`,
      )
    }
    seen.add(path.resolve(to))
  }
  for (const to of files) {
    const taken = takenBeside(path.resolve(to)).find((name) => seen.has(name))
    if (taken !== undefined) {
      throw new TransferError(
        'bad_request',
        `"${printable(taken)}" is what "${printable(to)}" is called while it is received; fetch them into different directories`,
      )
    }
  }
}
