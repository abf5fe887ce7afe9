import fs from 'node:fs'
import path from 'node:path'
import {
  formatPath,
  fromErrno,
  type IfExists,
  joinPath,
  printable,
  type RemotePath,
  requirePortable,
  TransferError,
} from '@ftp/protocol'
import { Client } from '../client.ts'
import { isRemoteDirectory, noRemoteDirectory } from '../remote.ts'
import { sendFile, sendStream } from '../send.ts'
import { clientId } from '../settings.ts'
import {
  type Context,
  folderOf,
  localPath,
  openSession,
  remotePath,
  reporterFor,
  tellLeftOut,
} from './context.ts'
import { type Job, runTransfers } from './transfers.ts'

export interface PutOptions {
  readonly to?: string
  readonly recursive?: boolean
  readonly jobs: number
  readonly ifExists: IfExists
}

/** `put <local...>`: stores files in the home, or where `-t` says. */
export async function put(context: Context, locals: readonly string[], options: PutOptions): Promise<number> {
  if (context.options.passwordStdin && locals.includes('-'))
    throw new TransferError(
      'bad_request',
      'standard input is the password or the file; use FTP_PASSWORD for it',
    )
  using session = await openSession(context)
  const id = clientId(folderOf(context))
  const target = await findTarget(context, new Client(session, folderOf(context)), locals, options)
  const found: Found = { files: [], directories: [], failures: [], leftOut: [] }
  for (const local of locals) {
    try {
      plan(local === '-' ? local : localPath(context, local), target, options.recursive ?? false, found)
    } catch (error) {
      found.failures.push(fromErrno(error, `"${printable(local)}"`))
    }
  }
  requireDistinct(found.files)
  for (const directory of found.directories) {
    await session.run(({ connection }) =>
      connection.request({ type: 'mkdir', path: formatPath(directory), parents: true }).expect('done'),
    )
  }
  const jobs = found.files.map(({ local, remote }) => toJob(context, local, remote, id, options.ifExists))
  const reporter = reporterFor(context, 'stored', jobs.length)
  for (const failure of found.failures) reporter.file(failure.message, '').failed(failure)
  for (const path of found.leftOut) tellLeftOut(context, path)
  return await runTransfers(session, reporter, jobs, options.jobs, found.failures)
}

interface Found {
  readonly files: { readonly local: string; readonly remote: RemotePath }[]
  readonly directories: RemotePath[]
  readonly failures: TransferError[]
  /** Links, pipes and the like. */
  readonly leftOut: string[]
}

interface Target {
  readonly path: RemotePath
  /** Whether the files go into it, or the one file becomes it. */
  readonly isDirectory: boolean
}

/** As cp does: an existing directory, or a name with a slash at its end, is a place; any other name is the new name. */
async function findTarget(
  context: Context,
  client: Client,
  locals: readonly string[],
  options: PutOptions,
): Promise<Target> {
  const { to } = options
  if (locals.includes('-')) {
    if (to === undefined || locals.length > 1) {
      throw new TransferError('bad_request', 'standard input has no name: give it one with --to, alone')
    }
    return { path: remotePath(context, to), isDirectory: false }
  }
  if (to === undefined) return { path: context.here.remote, isDirectory: true }
  const target = remotePath(context, to)
  const isDirectory = await isRemoteDirectory(client, target)
  if (!isDirectory && (locals.length > 1 || to.endsWith('/'))) throw noRemoteDirectory(to)
  return { path: target, isDirectory }
}

function plan(local: string, target: Target, recursive: boolean, found: Found): void {
  if (local === '-') {
    found.files.push({ local, remote: target.path })
    return
  }
  const remote = target.isDirectory ? joinPath(target.path, path.basename(path.resolve(local))) : target.path
  requirePortable(remote)
  const stats = status(local)
  if (stats.isDirectory()) {
    if (!recursive)
      throw new TransferError('is_directory', `"${printable(local)}" is a directory; use -r to send it`)
    planTree(local, remote, found)
  } else found.files.push({ local, remote })
}

function planTree(local: string, remote: RemotePath, found: Found): void {
  found.directories.push(remote)
  for (const name of fs.readdirSync(local)) {
    const below = path.join(local, name)
    try {
      const child = joinPath(remote, name)
      requirePortable(child)
      const stats = fs.lstatSync(below)
      if (stats.isDirectory()) planTree(below, child, found)
      else if (stats.isFile()) found.files.push({ local: below, remote: child })
      else found.leftOut.push(below)
    } catch (error) {
      found.failures.push(fromErrno(error, `"${printable(below)}"`))
    }
  }
}

function status(local: string): fs.Stats {
  try {
    return fs.statSync(local)
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

function toJob(context: Context, local: string, remote: RemotePath, id: string, ifExists: IfExists): Job {
  const isStream = local === '-'
  return {
    name: isStream ? 'standard input' : local,
    to: formatPath(remote),
    move: (run, listener) =>
      isStream
        ? sendStream(run, context.stdin, remote, ifExists, listener, context.signal)
        : sendFile(run, local, remote, id, ifExists, listener),
  }
}

function requireDistinct(files: Found['files']): void {
  const seen = new Set<string>()
  for (const { remote } of files) {
    const name = formatPath(remote)
    if (seen.has(name))
      throw new TransferError(
        'bad_request',
        `two of these files would become "${printable(name)}"; send them to different directories`,
      )
    seen.add(name)
  }
}
