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
  resolvePath,
  TransferError,
} from '@ftp/protocol'
import type { FileResult } from '../progress/reporter.ts'
import type { Session } from '../session.ts'
import { Download, type Sink } from '../transfer/download.ts'
import type { TransferListener } from '../transfer/listener.ts'
import { LocalFile, mayReplace, takenBeside } from '../transfer/local-file.ts'
import { StreamSink } from '../transfer/stream-sink.ts'
import { type Context, openSession, reporterFor, tellLeftOut } from './context.ts'
import { listTree } from './listing.ts'
import { isRemoteDirectory, remoteEntry } from './remote.ts'
import { type Job, type Run, runTransfers, watched } from './transfers.ts'

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
  requirePlace(options, remotes.length)
  const found: Found = { jobs: [], failures: [], leftOut: [] }
  for (const remote of remotes) {
    try {
      await plan(context, session, resolvePath(remote), options, found)
    } catch (error) {
      context.signal.throwIfAborted()
      found.failures.push(TransferError.from(error))
    }
  }
  requireDistinct(found.jobs)
  const reporter = reporterFor(context, 'get', 'received', found.jobs.length)
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
  session: Session,
  remote: RemotePath,
  options: GetOptions,
  found: Found,
): Promise<void> {
  const { output = '.', recursive = false, ifExists } = options
  const name = remote.at(-1)
  if (output === '-') {
    found.jobs.push(toStream(remote, 'standard output', () => context.stdout))
    return
  }
  const isDirectory = fs.statSync(output, { throwIfNoEntry: false })?.isDirectory() ?? false
  const target = isDirectory ? path.join(output, name ?? '') : output
  if (recursive && (await isRemoteDirectory(session, remote)))
    return await planTree(session, remote, target, ifExists, found)
  const existing = fs.statSync(target, { throwIfNoEntry: false })
  if (existing !== undefined && !existing.isFile() && !existing.isDirectory()) {
    found.jobs.push(toStream(remote, target, () => fs.createWriteStream(target, { flags: 'w' })))
  } else found.jobs.push(toFile(remote, target, ifExists))
}

/** Several files, or a name with a slash at its end, need a directory that is there. */
function requirePlace({ output }: GetOptions, files: number): void {
  if (output === '')
    throw new TransferError('bad_request', '-o needs a file, a directory, or - for standard output')
  if (output === undefined || output === '-' || (files === 1 && !output.endsWith('/'))) return
  if (fs.statSync(output, { throwIfNoEntry: false })?.isDirectory()) return
  const why = files > 1 ? 'several files cannot have one name' : 'make it first, or leave out the slash'
  throw new TransferError('not_directory', `"${printable(output)}" is not a directory here; ${why}`)
}

async function planTree(
  session: Session,
  root: RemotePath,
  target: string,
  ifExists: IfExists,
  found: Found,
): Promise<void> {
  makeFolder(target)
  const { entries, unnamable } = await listTree(session, root)
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
    async move(run, listener) {
      if (ifExists !== 'replace') {
        const entry = await run(({ connection }) => remoteEntry(connection, remote))
        if (!mayReplace(target, entry, ifExists)) return { outcome: 'skipped', bytes: 0 }
      }
      if (fs.statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
        throw new TransferError('is_directory', `"${printable(target)}" is a directory here`)
      }
      using file = new LocalFile(target)
      const entry = await receive(remote, file, run, listener).catch(adviseRecursion)
      listener.phase('commit')
      const kept = await file.commit(entry, ifExists)
      return kept ? { outcome: 'done', bytes: entry.size, md5: entry.md5 } : { outcome: 'skipped', bytes: 0 }
    },
  }
}

function adviseRecursion(error: unknown): never {
  const failure = TransferError.from(error)
  if (failure.code !== 'is_directory') throw failure
  throw new TransferError('is_directory', `${failure.message}; use -r to fetch it`, { cause: failure })
}

function toStream(remote: RemotePath, to: string, open: () => Writable): Job {
  return {
    name: formatPath(remote),
    to,
    async move(run, listener): Promise<FileResult> {
      const stream = open()
      const entry = await receive(remote, new StreamSink(stream), run, listener)
      return { outcome: 'done', bytes: entry.size, md5: entry.md5 }
    },
  }
}

function receive(
  remote: RemotePath,
  sink: Sink,
  run: Run,
  listener: TransferListener,
): ReturnType<Download['receive']> {
  let progressed = (): void => {}
  const download = new Download(
    remote,
    sink,
    watched(listener, () => progressed()),
  )
  return run((attempt) => {
    progressed = attempt.progressed
    return download.receive(attempt.connection)
  })
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
