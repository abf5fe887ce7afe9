interface ProgressBarProps {
  /** What it is the progress of. */
  readonly label: string
  readonly value: number
  readonly max: number
}

export function ProgressBar({ label, value, max }: ProgressBarProps) {
  // A file without bytes is complete.
  return <progress aria-label={label} value={max === 0 ? 1 : value} max={max === 0 ? 1 : max} />
}
