import { BLOCK_SIZE } from '@ftp/md5'
import { printable, type TransferError } from '@ftp/protocol'
import { OutputError } from '@ftp/terminal'
import { MultiBar, type SingleBar } from 'cli-progress'
import type { FileReporter, Notice, Reporter, TransferSummary } from '../../queue/reporter.ts'
import type { Phase } from '../../transfer/transfer-listener.ts'
import { columnsOf } from './columns.ts'
import { type LineState, line } from './line.ts'
import { Rate } from './rate.ts'
import {
  endedText,
  finalPath,
  labelOf,
  resumedText,
  retryText,
  SILENT_MS,
  silenceText,
  summaryText,
} from './sentences.ts'
import { Total } from './total.ts'

/** The word shown for each phase. */
const PHASES: Readonly<Record<Phase, string>> = {
  check: 'checking',
  transfer: '',
  follow: 'following',
  commit: 'storing',
}

const ERASE_LINE = '\x1b[K'
/** A terminal reports its new width with a delay. Until then bars are too long for it, and must not wrap. */
const WRAP_OFF = '\x1b[?7l'
const WRAP_ON = '\x1b[?7h'

interface Row {
  readonly bar: SingleBar
  readonly rate: Rate
  state: LineState
}

export interface BarReporterOptions {
  /** The terminal that shows the bars. */
  readonly stream: NodeJS.WriteStream
  /** Standard output: the same terminal, or a pipe or file. */
  readonly output: NodeJS.WriteStream
  /** What is done to each file, for the summary: `received`. */
  readonly verb: string
  /** Whether there may be more than one file. */
  readonly several: boolean
  /** Whether only large files get a bar, and files that succeed are not mentioned. */
  readonly brief: boolean
}

/**
 * Shows progress bars on a terminal: one for each running file, and one for the total if there are several
 * files.
 */
export class BarReporter implements Reporter {
  readonly #bars: MultiBar
  readonly #verb: string
  readonly #brief: boolean
  readonly #reported = new WeakSet<TransferError>()
  readonly #total = new Total()
  readonly #stream: NodeJS.WriteStream
  readonly #output: NodeJS.WriteStream
  /** How many columns each bar took when it was last drawn. */
  #drawn: number[] = []

  constructor({ stream, output, verb, several, brief }: BarReporterOptions) {
    this.#stream = stream
    this.#output = output
    this.#verb = verb
    this.#brief = brief
    this.#bars = new MultiBar({
      stream,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: true,
      gracefulExit: false,
      fps: 10,
      emptyOnZero: true,
      forceRedraw: true,
      format: (_options, _params, payload: { state?: () => LineState }) => this.#draw(payload.state?.()),
    })
    this.#bars.on('update-pre', () => this.#goToTop())
    this.#bars.on('redraw-pre', () => {
      this.#drawn = []
      stream.write(WRAP_OFF)
    })
    this.#bars.on('redraw-post', () => stream.write(WRAP_ON))
    if (several) this.#bars.create(1, 0, { state: () => this.#total.state(performance.now()) })
  }

  found(size = 0): void {
    this.#total.found(size)
  }

  foundAll(): void {
    this.#total.foundAll()
  }

  file(from: string, to: string, known = 0): FileReporter {
    const name = (): string => labelOf(from, to)
    const row = this.#brief && known <= BLOCK_SIZE ? undefined : this.#row(from)
    const change = (part: Partial<LineState>): void => {
      if (row) this.#change(row, part)
    }
    const count = this.#total.file(known)
    return {
      phase: (phase) => {
        count.phase(phase)
        row?.rate.restart()
        change({ phase: PHASES[phase], standstill: undefined })
      },
      silent: (ms) => {
        count.silent(ms)
        if (ms < SILENT_MS) return
        // The silence says nothing about the speed at which the transfer will continue.
        row?.rate.restart()
        change({ standstill: silenceText(ms) })
      },
      size: (size) => {
        count.size(size)
        change({ size })
      },
      moved: (position) => {
        change({ position, standstill: undefined })
        count.moved(position)
      },
      resumed: (position, held) => {
        count.resumed(position, held)
        this.#say(resumedText(name(), position, held))
      },
      retrying: (failure, delayMs) => {
        change({ standstill: 'connecting again' })
        this.#say(retryText(name(), failure, delayMs))
      },
      ended: (result, effort) => {
        count.ended()
        if (this.#brief) return this.#end(row, undefined)
        const label = labelOf(from, finalPath(to, result))
        this.#end(row, endedText(label, this.#verb, result, effort, '\n  '))
      },
      dropped: () => {
        count.ended()
        this.#end(row, undefined)
      },
      failed: (failure) => {
        count.ended()
        this.#end(row, undefined)
        this.failed(failure)
      },
    }
  }

  failed(failure: TransferError): void {
    // The files of a directory that could not be made all fail with the same error, which is reported once.
    if (this.#reported.has(failure) || failure instanceof OutputError) return
    this.#reported.add(failure)
    this.#say(`ftp-client: ${printable(failure.message)}`)
  }

  notice({ line, isOutput }: Notice): void {
    // If output goes to the same terminal, writing to it directly would disturb the bars.
    if (isOutput && !this.#output.isTTY) this.#output.write(`${line}\n`)
    else this.#say(line)
  }

  summary(summary: TransferSummary): void {
    if (this.#brief || summary.files + summary.skipped + summary.failed > 1)
      this.#say(summaryText(this.#verb, summary))
    // Lines logged since the last redraw are written only by the next one.
    this.#bars.update()
    this.#bars.stop()
  }

  #draw(state: LineState | undefined): string {
    const text = state === undefined ? '' : line(state, this.#columns - 1)
    this.#drawn.push(columnsOf(text))
    return text
  }

  /** Some terminals report 0 columns. */
  get #columns(): number {
    return this.#stream.columns || 80
  }

  /** If the terminal has become narrower, a bar takes several lines, but the library counts one. */
  #goToTop(): void {
    const columns = this.#columns
    const more = this.#drawn.reduce((sum, width) => sum + Math.max(0, Math.ceil(width / columns) - 1), 0)
    if (more === 0) return
    const below = this.#drawn.length - 1
    this.#stream.write(`\x1b[${more + below}A\r\x1b[J${'\n'.repeat(below)}`)
  }

  #row(name: string): Row {
    const state: LineState = { name, phase: '', position: 0, size: undefined, bytesPerSecond: 0 }
    const row = { bar: this.#bars.create(1, 0, { state: () => row.state }), rate: new Rate(), state }
    return row
  }

  #change(row: Row, part: Partial<LineState>): void {
    if (part.position !== undefined) row.rate.sample(part.position, performance.now())
    row.state = { ...row.state, ...part, bytesPerSecond: row.rate.bytesPerSecond }
  }

  #end(row: Row | undefined, text: string | undefined): void {
    if (row) this.#bars.remove(row.bar)
    if (text !== undefined) this.#say(text)
  }

  #say(text: string): void {
    // The text may be longer than a line, and may overwrite a longer one, the rest of which must be erased.
    const lines = `${text}\n`.replaceAll('\n', `${ERASE_LINE}\n`)
    this.#bars.log(`${WRAP_ON}${lines}${WRAP_OFF}`)
  }
}
