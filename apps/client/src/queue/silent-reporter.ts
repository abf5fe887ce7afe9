import type { FileReporter, Reporter } from './reporter.ts'

function nothing(): void {}

const FILE: FileReporter = {
  ...{ phase: nothing, size: nothing, moved: nothing, resumed: nothing, retrying: nothing },
  ...{ ended: nothing, failed: nothing, dropped: nothing },
}

/** Shows nothing: for a program that needs only the summary. */
export const SILENT: Reporter = {
  ...{ found: nothing, foundAll: nothing, file: () => FILE },
  ...{ failed: nothing, notice: nothing, summary: nothing },
}
