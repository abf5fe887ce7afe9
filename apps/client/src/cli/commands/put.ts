import fs from 'node:fs'
import {
  formatPath,
  fromErrno,
  type IfExists,
  printable,
  type RemotePath,
  requirePortable,
  TransferError,
} from '@ftp/protocol'
import { Client } from '../../client.ts'
import type { Job } from '../../queue/job.ts'
import { type JobSource, runTransfers, type SourceItem } from '../../queue/scheduler.ts'
import type { Session } from '../../session/session.ts'
import { toEntry } from '../../transfer/local/local-entry.ts'
import { uploadFile, uploadStream } from '../../transfer/upload/upload-file.ts'
import { copyTree, missing } from '../../tree/copy-tree.ts'
import type { RemoteTarget, UploadSettings } from '../../tree/remote-target.ts'
import type { Failed } from '../../tree/tree.ts'
import {
  type Destination,
  findDestination,
  remotePathFor,
  requireDistinct,
} from '../arguments/put-destination.ts'
import { chosen, type TreeChoice, type TreeOptions } from '../arguments/tree-options.ts'
import { uploadSettingsFor } from '../arguments/upload-settings.ts'
import { type Context, folderOf, localPath } from '../context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openSession } from '../open-session.ts'
import { reporterFor } from '../reporter-for.ts'

export interface PutOptions extends TreeOptions {
  readonly to?: string
  readonly recursive?: boolean
  readonly jobs: number
  readonly ifExists: IfExists
}

/** `put <local...>`: stores files in the home, or where `-t` says. */
export async function put(context: Context, locals: readonly string[], options: PutOptions): Promise<number> {
  const { recursive = false, ifExists, jobs } = options
  if (context.options.passwordStdin && locals.includes('-'))
    throw new TransferError(
      'bad_request',
      'standard input is the password or the file; use FTP_PASSWORD for it',
    )
  const tree = await chosen(context, options, 'here', recursive)
  using session = await openSession(context)
  const client = new Client(session, folderOf(context))
  const destination = await findDestination(context, client, locals, options.to)
  if (ifExists !== 'rename') requireDistinct(context, locals, destination)
  const settings = await uploadSettingsFor(context, client, ifExists)
  using work = new Storing(context, session, locals, destination, settings, recursive ? tree : undefined)
  const reporter = await reporterFor(context, 'stored', locals.length > 1, recursive)
  const { codes } = await runTransfers(session, reporter, work, jobs)
  return exitCodeOf(codes)
}

class Storing implements JobSource, Disposable {
  readonly #context: Context
  readonly #session: Session
  readonly #locals: readonly string[]
  readonly #destination: Destination
  readonly #settings: UploadSettings
  readonly #chosen: TreeChoice | undefined
  readonly #targets: RemoteTarget[] = []
  readonly #open = new DisposableStack()

  /** @param tree which part of directories is sent, where they are */
  constructor(
    context: Context,
    session: Session,
    locals: readonly string[],
    destination: Destination,
    settings: UploadSettings,
    tree: TreeChoice | undefined,
  ) {
    this.#context = context
    this.#session = session
    this.#locals = locals
    this.#destination = destination
    this.#settings = settings
    this.#chosen = tree
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    for (const typed of this.#locals) {
      try {
        if (typed === '-') yield [{ job: this.#fromStream() }]
        else yield* this.#plan(localPath(this.#context, typed))
      } catch (error) {
        this.#context.signal.throwIfAborted()
        yield [{ failure: fromErrno(error) }]
      }
    }
    if (this.#chosen) yield missing(this.#chosen.selection)
  }

  async *finish(): AsyncGenerator<readonly Failed[]> {
    for (const target of this.#targets) yield await target.finish()
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  async *#plan(local: string): AsyncGenerator<readonly SourceItem[]> {
    const remote = remotePathFor(local, this.#destination)
    requirePortable(remote)
    const root = toEntry('', status(local))
    if (root.type !== 'directory')
      return yield [{ job: this.#job(local, remote, root.type === 'file' ? root.size : undefined) }]
    if (this.#chosen === undefined)
      throw new TransferError('is_directory', `"${printable(local)}" is a directory; use -r to send it`)
    const [{ LocalTree }, { RemoteTarget }] = await Promise.all([
      import('../../tree/local-tree.ts'),
      import('../../tree/remote-target.ts'),
    ])
    const target = this.#open.use(new RemoteTarget(this.#session, local, remote, this.#settings))
    this.#targets.push(target)
    const { selection, links } = this.#chosen
    yield* copyTree(new LocalTree(local, links), target, selection, root)
  }

  #job(local: string, remote: RemotePath, size: number | undefined): Job {
    const { id, ifExists } = this.#settings
    return {
      name: local,
      to: formatPath(remote),
      size,
      move: (run, listener) => uploadFile(run, local, remote, id, ifExists, listener),
    }
  }

  #fromStream(): Job {
    const { stdin, signal } = this.#context
    const { path } = this.#destination
    return {
      name: 'standard input',
      to: formatPath(path),
      move: (run, listener) => uploadStream(run, stdin, path, this.#settings.ifExists, listener, signal),
    }
  }
}

function status(local: string): fs.BigIntStats {
  try {
    return fs.statSync(local, { bigint: true })
  } catch (error) {
    throw fromErrno(error, `"${printable(local)}"`)
  }
}
