import fs from 'node:fs'
import type { Writable } from 'node:stream'
import { type Entry, formatPath, fromErrno, type RemotePath, TransferError } from '@ftp/protocol'
import type { Job } from '../queue/job.ts'
import type { TransferSummary } from '../queue/reporter.ts'
import { type JobSource, runJobs, type SourceItem } from '../queue/scheduler.ts'
import { stat } from '../requests/stat.ts'
import type { Selection } from '../selection/selection.ts'
import type { Session } from '../session/session.ts'
import { downloadFile, downloadToStream } from '../transfer/download/download-file.ts'
import { close, openToWrite } from '../transfer/local/named-pipe.ts'
import { copyTree, missing } from './copy-tree.ts'
import type { LocalTarget } from './local-target.ts'
import { type GetManyOptions, type Recursive, runOptionsOf, selectionOf } from './options.ts'
import type { Failed } from './tree.ts'

/** A file or directory on the server, and its target. */
export interface GetItem {
  /** The path on the server. */
  readonly from: RemotePath
  /** The new path itself, or a stream, which is not ended. */
  readonly to: string | Writable
  /** The name under which reporters show a stream. */
  readonly label?: string | undefined
}

/** The options for fetching a list of files and directories. */
export interface GetAllOptions extends GetManyOptions, Recursive {
  /**
   * Continue with everything that is appended to the file, until the session's signal is aborted. That abort
   * does not count as a failure.
   */
  readonly follow?: boolean | undefined
}

/** Fetches several files and directories at the same time. */
export async function getAll(
  session: Session,
  items: readonly GetItem[],
  options: GetAllOptions,
): Promise<TransferSummary> {
  using source = new GetSource(session, items, options, await selectionOf(options))
  return await runJobs(session, source, runOptionsOf(options))
}

class GetSource implements JobSource, Disposable {
  readonly isEndless: boolean
  readonly #session: Session
  readonly #items: readonly GetItem[]
  readonly #options: GetAllOptions
  readonly #select: Selection
  readonly #targets: LocalTarget[] = []
  readonly #open = new DisposableStack()

  constructor(session: Session, items: readonly GetItem[], options: GetAllOptions, select: Selection) {
    this.#session = session
    this.#items = items
    this.#options = options
    this.#select = select
    this.isEndless = options.follow ?? false
  }

  async *find(): AsyncGenerator<readonly SourceItem[]> {
    for (const item of this.#items) {
      try {
        yield* this.#plan(item)
      } catch (error) {
        this.#session.signal.throwIfAborted()
        yield [{ failure: fromErrno(error), name: formatPath(item.from) }]
      }
    }
    yield missing(this.#select)
  }

  async *finish(): AsyncGenerator<readonly Failed[]> {
    for (const target of this.#targets) yield await target.finish()
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  async *#plan({ from, to, label = 'a stream' }: GetItem): AsyncGenerator<readonly SourceItem[]> {
    if (typeof to !== 'string') return yield [{ job: this.#toStream(from, label, to) }]
    // If something is wrong with it, fetching it reports what.
    const root = this.#options.recursive ? await this.#look(from).catch(() => undefined) : undefined
    if (root?.type === 'directory') return yield* this.#planTree(from, to, root)
    const existing = fs.statSync(to, { throwIfNoEntry: false })
    const isDevice = existing !== undefined && !existing.isFile() && !existing.isDirectory()
    if (isDevice) yield [{ job: this.#toStream(from, to, to) }]
    else yield [{ job: this.#toFile(from, to) }]
  }

  async *#planTree(from: RemotePath, to: string, root: Entry): AsyncGenerator<readonly SourceItem[]> {
    const [{ LocalTarget }, { RemoteTree }] = await Promise.all([
      import('./local-target.ts'),
      import('./remote-tree.ts'),
    ])
    const { ifExists = 'replace', streams } = this.#options
    const target = new LocalTarget(from, to, ifExists, streams)
    this.#targets.push(target)
    const tree = this.#open.use(new RemoteTree(this.#session, from))
    yield* copyTree(tree, target, this.#select, root)
  }

  #look(remote: RemotePath): Promise<Entry> {
    return this.#session.run(({ connection }) => stat(connection, remote))
  }

  #toFile(from: RemotePath, to: string): Job {
    const { ifExists = 'replace', streams, follow } = this.#options
    return {
      name: formatPath(from),
      to,
      move: async (session, listener) => {
        if (!follow)
          return await downloadFile(session, from, to, { ifExists, listener, streams }).catch(
            (error: unknown) => adviseRecursion(error, to),
          )
        const { followFile } = await import('../transfer/download/follow-file.ts')
        return await followFile(session, from, to, { ifExists, listener })
      },
    }
  }

  /** @param to the stream, which is not ended; or the path of a device or a named pipe */
  #toStream(from: RemotePath, name: string, to: Writable | string): Job {
    return {
      name: formatPath(from),
      to: name,
      move: async (session, listener) => {
        const receive = this.#options.follow
          ? (await import('../transfer/download/follow-file.ts')).followStream
          : downloadToStream
        if (typeof to !== 'string') return await receive(session, from, to, listener)
        const stream = await openToWrite(to, session.signal)
        try {
          const result = await receive(session, from, stream, listener)
          await close(stream)
          return result
        } finally {
          stream.destroy()
        }
      },
    }
  }
}

function adviseRecursion(error: unknown, to: string): never {
  const failure = TransferError.from(error)
  if (failure.code !== 'is_directory' || fs.statSync(to, { throwIfNoEntry: false })?.isDirectory())
    throw failure
  throw new TransferError('is_directory', `${failure.message}; use -r to fetch it`, { cause: failure })
}
