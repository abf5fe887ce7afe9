import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Tally } from './tally.ts'

/** Values that are determined whenever the metrics are requested. */
export interface Sources {
  readonly connections: () => number
  /** The number of handler threads that serve. */
  readonly threads: () => number
}

/**
 * The server's counters, for Prometheus. Labels have few values, never a name, a path or an address: these
 * would fill the memory of the collecting program.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #deeds: Counter<'action' | 'outcome'>
  readonly #bytes: Counter<'action'>
  readonly #refused: Counter
  readonly #replaced: Counter
  readonly #faults: Counter

  constructor({ connections, threads }: Sources) {
    const registers = [this.#registry]
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect: function () {
          this.set(value())
        },
      })
    }
    gauge('ftp_connections', 'Open connections', connections)
    gauge('ftp_handler_threads', 'Handler threads that serve', threads)
    const counter = <L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[] = [],
    ): Counter<L> => new Counter({ name, help, labelNames, registers })
    this.#deeds = counter('ftp_actions_total', 'Logins, gets, puts and changes, by how they ended', [
      'action',
      'outcome',
    ])
    this.#bytes = counter('ftp_bytes_total', 'Bytes of files stored and sent', ['action'])
    this.#refused = counter('ftp_connections_refused_total', 'Connections closed before a byte was read')
    this.#replaced = counter('ftp_handler_threads_replaced_total', 'Handler threads that died')
    this.#faults = counter('ftp_faults_total', 'Failures that are the fault of the server')
  }

  /** Also reports memory, processor time and descriptors of the process from now on, which costs a timer. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  did(tallies: readonly Tally[]): void {
    for (const { action, outcome, count, bytes } of tallies) {
      this.#deeds.inc({ action, outcome }, count)
      this.#bytes.inc({ action }, bytes)
    }
  }

  refused(): void {
    this.#refused.inc()
  }

  threadReplaced(): void {
    this.#replaced.inc()
  }

  fault(): void {
    this.#faults.inc()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
