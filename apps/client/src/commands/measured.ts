import type { FileReporter } from '../progress/reporter.ts'
import type { TransferListener } from '../transfer/listener.ts'
import type { Moved } from '../transfer/moved.ts'

/** Takes note of what is moved now and what had been moved before. */
export function measured(
  file: FileReporter,
  onMoved: () => void,
): {
  readonly listener: TransferListener
  readonly moved: (result: Moved) => number
  readonly seconds: () => number
} {
  const started = performance.now()
  let before = 0
  let transferring = false
  const listener: TransferListener = {
    ...file,
    phase: (phase) => {
      transferring ||= phase === 'transfer'
      file.phase(phase)
    },
    moved: (position) => {
      onMoved()
      file.moved(position)
    },
    resumed: (position, held) => {
      if (!transferring) before = position
      file.resumed(position, held)
    },
  }
  return {
    listener,
    moved: ({ outcome, bytes, repeated }) =>
      outcome === 'done' && !repeated ? Math.max(0, bytes - before) : 0,
    seconds: () => (performance.now() - started) / 1000,
  }
}
