import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Lane } from '../connections.ts'
import type { Session } from '../session.ts'
import { Window } from './window.ts'

/** Requests on their way at once. */
const AHEAD = 32

/** Makes directories on the server, without waiting for one before asking for the next. */
export class RemoteFolders implements Disposable {
  readonly #session: Session
  readonly #lane: Lane
  readonly #window = new Window(AHEAD, Number.POSITIVE_INFINITY)

  constructor(session: Session) {
    this.#session = session
    this.#lane = session.lane()
  }

  /**
   * Makes a directory, and those above it; one that is there is fine.
   * @returns when it has been asked for; `made` settles when it is there
   */
  async make(path: RemotePath): Promise<{ readonly made: Promise<void> }> {
    await this.#window.enter(0)
    const made = this.#make(formatPath(path))
    // Whoever puts something into it is told.
    made.catch(() => {})
    return { made }
  }

  [Symbol.dispose](): void {
    this.#lane[Symbol.dispose]()
  }

  async #make(path: string): Promise<void> {
    try {
      await this.#session.run(
        async ({ connection }) => {
          await connection.request({ type: 'mkdir', path, parents: true }).expect('done')
        },
        undefined,
        this.#lane,
      )
    } catch (error) {
      throw TransferError.from(error)
    } finally {
      this.#window.leave(0)
    }
  }
}
