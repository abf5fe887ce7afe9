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
import { type Context, folderOf, localPath, openSession, remotePath, reporterFor } from './context.ts'
import { walkLocal } from './local-tree.ts'
import { RemoteFolders } from './remote-folders.ts'
import { type Found, type Job, runTransfers } from './transfers.ts'

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
  if (options.ifExists !== 'rename')
    requireDistinct(
      locals.filter((local) => local !== '-').map((local) => remoteOf(localPath(context, local), target)),
    )
  using folders = new RemoteFolders(session)
  const sender: Sender = { context, id, folders, ifExists: options.ifExists }
  return await runTransfers(
    context,
    session,
    reporterFor(context, 'stored', locals.length > 1, options.recursive ?? false),
    find(sender, locals, target, options.recursive ?? false),
    options.jobs,
  )
}

interface Sender {
  readonly context: Context
  /** This client's. */
  readonly id: string
  readonly folders: RemoteFolders
  readonly ifExists: IfExists
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

async function* find(
  sender: Sender,
  locals: readonly string[],
  target: Target,
  recursive: boolean,
): AsyncGenerator<Found> {
  for (const typed of locals) {
    try {
      if (typed === '-') yield { job: fromStream(sender, target.path) }
      else yield* plan(sender, localPath(sender.context, typed), target, recursive)
    } catch (error) {
      sender.context.signal.throwIfAborted()
      yield { failure: TransferError.from(error) }
    }
  }
}

async function* plan(
  sender: Sender,
  local: string,
  target: Target,
  recursive: boolean,
): AsyncGenerator<Found> {
  const remote = remoteOf(local, target)
  requirePortable(remote)
  const stats = status(local)
  if (!stats.isDirectory()) {
    yield { job: sendJob(sender, local, remote, stats.isFile() ? stats.size : undefined) }
  } else if (recursive) yield* planTree(sender, local, remote)
  else throw new TransferError('is_directory', `"${printable(local)}" is a directory; use -r to send it`)
}

function remoteOf(local: string, target: Target): RemotePath {
  return target.isDirectory ? joinPath(target.path, path.basename(path.resolve(local))) : target.path
}

async function* planTree(sender: Sender, root: string, remote: RemotePath): AsyncGenerator<Found> {
  const failures: TransferError[] = []
  const made = new Map([['', (await sender.folders.make(remote)).made]])
  for await (const { name, type, size } of walkLocal(root, (failure) => failures.push(failure))) {
    for (const failure of failures.splice(0)) yield { failure }
    const local = path.join(root, name)
    try {
      const child = joinPath(remote, name)
      requirePortable(child)
      const above = name.slice(0, Math.max(0, name.lastIndexOf('/')))
      if (type === 'directory') made.set(name, (await sender.folders.make(child)).made)
      else if (type === 'file') yield { job: sendJob(sender, local, child, size, made.get(above)) }
      else yield { leftOut: local }
    } catch (error) {
      yield { failure: fromErrno(error, `"${printable(local)}"`) }
    }
  }
  for (const failure of failures) yield { failure }
  for (const folder of made.values()) {
    const failure = await folder.then(() => undefined, TransferError.from)
    if (failure !== undefined) yield { failure }
  }
}

function status(local: string): fs.Stats {
  try {
    return fs.statSync(local)
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}

function fromStream({ context, ifExists }: Sender, remote: RemotePath): Job {
  return {
    name: 'standard input',
    to: formatPath(remote),
    move: (run, listener) => sendStream(run, context.stdin, remote, ifExists, listener, context.signal),
  }
}

/** @param folder settles when the directory that it goes to is there */
export function sendJob(
  { id, ifExists }: Pick<Sender, 'id' | 'ifExists'>,
  local: string,
  remote: RemotePath,
  size: number | undefined,
  folder?: Promise<void>,
): Job {
  return {
    name: local,
    to: formatPath(remote),
    size,
    async move(run, listener) {
      await folder
      return await sendFile(run, local, remote, id, ifExists, listener)
    },
  }
}

function requireDistinct(remotes: readonly RemotePath[]): void {
  const seen = new Set<string>()
  for (const remote of remotes) {
    const name = formatPath(remote)
    if (seen.has(name))
      throw new TransferError(
        'bad_request',
        `two of these files would become "${printable(name)}"; send them to different directories`,
      )
    seen.add(name)
  }
}
