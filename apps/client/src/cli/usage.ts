import { usageFailure } from '@ftp/terminal'
import type { Command, CommanderError } from 'commander'
import { type Context, reportFailure, reportSummary } from './command-context.ts'
import { commandIn } from './completion/candidates.ts'

/** The command that arguments name, if any; otherwise an empty text. */
export function commandNamed(program: Command, args: readonly string[]): string {
  return commandIn(program, args).command?.name() ?? ''
}

/**
 * Reports that the arguments make no sense. For people, the command line has done so already.
 * @returns the exit code; 0 if it was not an error but a request for help
 */
export function reportUsage(context: Context, error: CommanderError): number {
  if (error.exitCode === 0) return 0
  const failure = usageFailure(error)
  if (context.options.json) reportFailure(context, failure)
  return reportSummary(context, { done: 0, failed: 1, codes: [failure.code] })
}
