import { printable } from '@ftp/protocol'
import { MultiBar, type SingleBar } from 'cli-progress'
import type { Phase } from '../transfer/listener.ts'
import { type LineState, line } from './line.ts'
import { Rate } from './rate.ts'
import type { FileReporter, Reporter, Summary } from './reporter.ts'
import { endedText, labelOf, resumedText, retryText, summaryText } from './sentences.ts'

/** What is shown for each phase. */
const PHASES: Readonly<Record<Phase, string>> = { check: 'checking', transfer: '', commit: 'storing' }

const ERASE_LINE = '\x1b[K'

interface Row {
  readonly bar: SingleBar
  readonly rate: Rate
  state: LineState
}

/** Progress bars on a terminal: one for each running file, and a total when there are several. */
export class Bars implements Reporter {
  readonly #bars: MultiBar
  readonly #verb: string
  readonly #expected: number
  readonly #total: Row | undefined
  #size = 0
  #moved = 0
  #ended = 0

  /**
   * @param verb what is done to each file, for the summary: `received`
   * @param expected how many files there will be
   */
  constructor(stream: NodeJS.WriteStream, verb: string, expected: number) {
    this.#verb = verb
    this.#expected = expected
    this.#bars = new MultiBar({
      stream,
      clearOnComplete: true,
      hideCursor: true,
      // What is said above the bars may be longer than a line; a bar itself never is.
      linewrap: true,
      gracefulExit: false,
      fps: 10,
      emptyOnZero: true,
      format: (_options, _params, payload: { state?: LineState }) =>
        payload.state === undefined ? '' : line(payload.state, (stream.columns ?? 80) - 1),
    })
    if (expected > 1) this.#total = this.#row(`total of ${expected}`)
  }

  file(from: string, to: string): FileReporter {
    const name = labelOf(from, to)
    const row = this.#row(from)
    const change = (part: Partial<LineState>): void => this.#change(row, part)
    let best = 0
    let checking = false
    return {
      phase: (phase) => {
        checking = phase === 'check'
        row.rate.restart()
        change({ phase: PHASES[phase] })
      },
      size: (size) => {
        this.#size += size - (row.state.size ?? 0)
        change({ size })
      },
      moved: (position) => {
        change({ position })
        if (checking) return
        this.#moved += Math.max(0, position - best)
        best = Math.max(best, position)
        this.#showTotal()
      },
      resumed: (position, held) => {
        // What was there before is no speed.
        this.#moved += Math.max(0, position - best)
        best = Math.max(best, position)
        this.#total?.rate.restart()
        this.#say(resumedText(name, position, held))
      },
      retrying: (failure, delayMs) => this.#say(retryText(name, failure, delayMs)),
      ended: (result, effort) => this.#end(row, endedText(name, this.#verb, result, effort, '\n  ')),
      failed: (failure) => this.#end(row, `ftp-client: ${printable(failure.message)}`),
    }
  }

  summary(summary: Summary): void {
    if (summary.files + summary.skipped + summary.failed > 1) this.#say(summaryText(this.#verb, summary))
    // What was said since the last redraw is written by the next one only.
    this.#bars.update()
    this.#bars.stop()
  }

  #row(name: string): Row {
    const state: LineState = { name, phase: '', position: 0, size: undefined, bytesPerSecond: 0 }
    return { bar: this.#bars.create(1, 0, { state }), rate: new Rate(), state }
  }

  #change(row: Row, part: Partial<LineState>): void {
    if (part.position !== undefined) row.rate.sample(part.position, performance.now())
    row.state = { ...row.state, ...part, bytesPerSecond: row.rate.bytesPerSecond }
    row.bar.update({ state: row.state })
  }

  #showTotal(): void {
    if (this.#total === undefined) return
    this.#change(this.#total, {
      position: this.#moved,
      size: this.#size,
      name: `total ${this.#ended} of ${this.#expected}`,
    })
  }

  #end(row: Row, text: string): void {
    this.#ended++
    this.#bars.remove(row.bar)
    this.#say(text)
    this.#showTotal()
  }

  #say(text: string): void {
    // A line may be written over a longer one: the rest of that is erased.
    this.#bars.log(`${text.replaceAll('\n', `${ERASE_LINE}\n`)}${ERASE_LINE}\n`)
  }
}
