import { type Entry, formatPath, fromErrno, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import type { TransferSummary } from '../queue/reporter.ts'
import { type JobSource, runJobs, type SourceItem } from '../queue/scheduler.ts'
import type { Selection } from '../selection/selection.ts'
import type { Session } from '../session/session.ts'
import { uploadFile, uploadStream } from '../transfer/upload/upload-file.ts'
import { copyTree, missing } from './copy-tree.ts'
import { type PutManyOptions, type Recursive, runOptionsOf, selectionOf } from './options.ts'
import type { RemoteTarget } from './remote-target.ts'
import { localEntry } from './roots.ts'
import type { Failed } from './tree.ts'
import { type UploadSettings, uploadSettingsFor } from './upload-settings.ts'

/** A local file or directory, and its target. */
export interface PutItem {
  /** A path, or a stream. */
  readonly from: string | AsyncIterable<Uint8Array>
  /** The new path itself. */
  readonly to: RemotePath
  /** The name under which reporters show a stream. */
  readonly label?: string | undefined
}

/** The options for storing a list of files and directories. */
export interface PutAllOptions extends PutManyOptions, Recursive {}

/**
 * Stores several files and directories at the same time.
 * @param client identifies this client: 32 hex digits
 */
export async function putAll(
  session: Session,
  items: readonly PutItem[],
  client: string,
  options: PutAllOptions,
): Promise<TransferSummary> {
  const select = await selectionOf(options)
  const settings = await uploadSettingsFor(session, client, options.ifExists)
  using source = new PutSource(session, items, settings, { ...options, select })
  return await runJobs(session, source, runOptionsOf(options))
}

class PutSource implements JobSource, Disposable {
  readonly #session: Session
  readonly #items: readonly PutItem[]
  readonly #settings: UploadSettings
  readonly #options: PutAllOptions & { readonly select: Selection }
  readonly #targets: RemoteTarget[] = []
  readonly #open = new DisposableStack()

  constructor(
    session: Session,
    items: readonly PutItem[],
    settings: UploadSettings,
    options: PutAllOptions & { readonly select: Selection },
  ) {
    this.#session = session
    this.#items = items
    this.#settings = settings
    this.#options = options
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    for (const item of this.#items) {
      try {
        yield* this.#plan(item)
      } catch (error) {
        this.#session.signal.throwIfAborted()
        yield [{ failure: fromErrno(error), name: nameOf(item) }]
      }
    }
    yield missing(this.#options.select)
  }

  async *finish(): AsyncGenerator<readonly Failed[]> {
    for (const target of this.#targets) yield await target.finish()
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  async *#plan({ from, to, label = 'a stream' }: PutItem): AsyncGenerator<readonly SourceItem[]> {
    this.#settings.requireStorable(to)
    if (typeof from !== 'string') return yield [{ job: this.#fromStream(from, to, label) }]
    const root = localEntry(from)
    if (root.type === 'directory') yield* this.#planTree(from, to, root)
    else yield [{ job: this.#fromFile(from, to, root.type === 'file' ? root.size : undefined) }]
  }

  async *#planTree(from: string, to: RemotePath, root: Entry): AsyncGenerator<readonly SourceItem[]> {
    const { recursive, select, links = 'skip' } = this.#options
    if (!recursive)
      throw new TransferError('is_directory', `"${printable(from)}" is a directory; use -r to send it`)
    const [{ LocalTree }, { RemoteTarget }] = await Promise.all([
      import('./local-tree.ts'),
      import('./remote-target.ts'),
    ])
    const target = this.#open.use(new RemoteTarget(this.#session, from, to, this.#settings))
    this.#targets.push(target)
    yield* copyTree(new LocalTree(from, links), target, select, root)
  }

  #fromFile(from: string, to: RemotePath, size: number | undefined): Job {
    const { client, run, ifExists } = this.#settings
    return {
      name: from,
      to: formatPath(to),
      size,
      move: (session, listener) => uploadFile(session, from, to, { client, run, ifExists, listener }),
    }
  }

  #fromStream(from: AsyncIterable<Uint8Array>, to: RemotePath, label: string): Job {
    const { ifExists } = this.#settings
    return {
      name: label,
      to: formatPath(to),
      move: (session, listener) => uploadStream(session, from, to, { ifExists, listener }),
    }
  }
}

function nameOf({ from, label = 'a stream' }: PutItem): string {
  return typeof from === 'string' ? from : label
}
