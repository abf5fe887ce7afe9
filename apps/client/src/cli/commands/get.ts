import fs from 'node:fs'
import type { Writable } from 'node:stream'
import {
  type Entry,
  formatPath,
  fromErrno,
  type IfExists,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import { Client } from '../../client.ts'
import type { Job } from '../../queue/job.ts'
import { type JobSource, runTransfers, type SourceItem } from '../../queue/scheduler.ts'
import type { Session } from '../../session/session.ts'
import { downloadFile, downloadToStream } from '../../transfer/download/download-file.ts'
import { copyTree, missing } from '../../tree/copy-tree.ts'
import type { LocalTarget } from '../../tree/local-target.ts'
import type { Failed } from '../../tree/tree.ts'
import { destinationOf, requireDestinationFolder, requireDistinct } from '../arguments/get-destination.ts'
import { chosen, type TreeChoice, type TreeOptions } from '../arguments/tree-options.ts'
import { type Context, folderOf, remotePath } from '../context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openSession } from '../open-session.ts'
import { reporterFor } from '../reporter-for.ts'

export interface GetOptions extends TreeOptions {
  readonly output?: string
  readonly recursive?: boolean
  /** Go on with what is appended to the file. */
  readonly follow?: boolean
  readonly jobs: number
  /** Connections that share a large file. */
  readonly streams: number
  readonly ifExists: IfExists
}

/** `get <remote...>`: fetches files into the current directory, or where `-o` says. */
export async function get(
  context: Context,
  remotes: readonly string[],
  options: GetOptions,
): Promise<number> {
  const { output, recursive = false, follow = false, ifExists, jobs } = options
  if (output === '-' && context.options.json) {
    throw new TransferError('bad_request', '--json and -o - both want standard output; leave one out')
  }
  if (follow && (remotes.length > 1 || recursive))
    throw new TransferError('bad_request', '--follow takes one file')
  const tree = await chosen(context, options, 'server', recursive)
  using session = await openSession(context)
  requireDestinationFolder(context, output, remotes.length)
  requireDistinct(
    remotes.map((remote) => destinationOf(context, remotePath(context, remote), output)),
    ifExists,
  )
  using work = new Fetching(context, session, remotes, options, tree)
  const reporter = await reporterFor(context, 'received', remotes.length > 1, recursive)
  // To be interrupted is how following ends.
  const interrupt = follow ? new AbortController().signal : session.signal
  const { codes } = await runTransfers(session, reporter, work, output === '-' ? 1 : jobs, interrupt)
  return exitCodeOf(codes)
}

class Fetching implements JobSource, Disposable {
  readonly #context: Context
  readonly #session: Session
  readonly #client: Client
  readonly #remotes: readonly string[]
  readonly #options: GetOptions
  readonly #chosen: TreeChoice
  readonly #targets: LocalTarget[] = []
  readonly #open = new DisposableStack()

  constructor(
    context: Context,
    session: Session,
    remotes: readonly string[],
    options: GetOptions,
    tree: TreeChoice,
  ) {
    this.#context = context
    this.#session = session
    this.#client = new Client(session, folderOf(context))
    this.#remotes = remotes
    this.#options = options
    this.#chosen = tree
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    for (const remote of this.#remotes) {
      try {
        yield* this.#plan(remotePath(this.#context, remote))
      } catch (error) {
        this.#context.signal.throwIfAborted()
        yield [{ failure: fromErrno(error) }]
      }
    }
    yield missing(this.#chosen.selection)
  }

  async *finish(): AsyncGenerator<readonly Failed[]> {
    for (const target of this.#targets) yield await target.finish()
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  async *#plan(remote: RemotePath): AsyncGenerator<readonly SourceItem[]> {
    const { output, ifExists, streams, recursive = false, follow = false } = this.#options
    const { stdout, signal } = this.#context
    const destination = destinationOf(this.#context, remote, output)
    if (destination === undefined)
      return yield [{ job: toStream(remote, 'standard output', () => stdout, signal, follow) }]
    // If something is wrong with it, fetching it says what.
    const root = recursive ? await this.#client.stat(remote).catch(() => undefined) : undefined
    if (root?.type === 'directory') return yield* this.#planTree(remote, destination, root)
    const existing = fs.statSync(destination, { throwIfNoEntry: false })
    const isDevice = existing !== undefined && !existing.isFile() && !existing.isDirectory()
    const open = (): Writable => fs.createWriteStream(destination, { flags: 'w' })
    if (isDevice) yield [{ job: toStream(remote, destination, open, signal, follow) }]
    else if (follow) yield [{ job: followJob(remote, destination, ifExists, signal) }]
    else yield [{ job: fetchJob(remote, destination, ifExists, streams) }]
  }

  async *#planTree(
    remote: RemotePath,
    destination: string,
    root: Entry,
  ): AsyncGenerator<readonly SourceItem[]> {
    const [{ LocalTarget }, { RemoteTree }] = await Promise.all([
      import('../../tree/local-target.ts'),
      import('../../tree/remote-tree.ts'),
    ])
    const target = new LocalTarget(remote, destination, this.#options.ifExists, this.#options.streams)
    this.#targets.push(target)
    const tree = this.#open.use(new RemoteTree(this.#session, remote))
    yield* copyTree(tree, target, this.#chosen.selection, root)
  }
}

function fetchJob(remote: RemotePath, target: string, ifExists: IfExists, streams: number): Job {
  return {
    name: formatPath(remote),
    to: target,
    move: (run, listener) =>
      downloadFile(run, remote, target, ifExists, listener, undefined, streams).catch(adviseRecursion),
  }
}

function adviseRecursion(error: unknown): never {
  const failure = TransferError.from(error)
  if (failure.code !== 'is_directory') throw failure
  throw new TransferError('is_directory', `${failure.message}; use -r to fetch it`, { cause: failure })
}

function followJob(remote: RemotePath, target: string, ifExists: IfExists, signal: AbortSignal): Job {
  return {
    name: formatPath(remote),
    to: target,
    move: async (run, listener) =>
      (await import('../../transfer/download/follow-file.ts')).followFile(
        run,
        remote,
        target,
        ifExists,
        listener,
        signal,
      ),
  }
}

function toStream(
  remote: RemotePath,
  to: string,
  open: () => Writable,
  signal: AbortSignal,
  follow: boolean,
): Job {
  return {
    name: formatPath(remote),
    to,
    move: async (run, listener) => {
      const receive = follow
        ? (await import('../../transfer/download/follow-file.ts')).followStream
        : downloadToStream
      return await receive(run, remote, open(), listener, signal)
    },
  }
}
