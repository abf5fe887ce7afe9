import type { Reporter } from '../queue/reporter.ts'
import type { Context } from './command-context.ts'
import { CountingReporter } from './progress/counted.ts'
import { JsonReporter } from './progress/json.ts'
import { LineReporter } from './progress/lines.ts'

/**
 * The reporter that suits the options and the terminal.
 * @param verb what is done to each file, for the summary: `received`
 * @param files whether there may be several files, or a whole tree, for which a line per file is shown only
 *   on request; and whether the files themselves go to standard output
 */
export async function reporterFor(
  { command, options, environment, stdout, stderr, total }: Context,
  verb: string,
  {
    isTree = false,
    several = isTree,
    toOutput = false,
  }: { readonly several?: boolean; readonly isTree?: boolean; readonly toOutput?: boolean },
): Promise<Reporter> {
  if (options.json) return new JsonReporter(command, (line) => stdout.write(`${line}\n`))
  const brief = isTree && !options.verbose
  // A dumb terminal cannot draw over what it shows, and bars between the lines of a file make both unreadable.
  const canDraw = stderr.isTTY && environment.TERM !== 'dumb' && !(toOutput && stdout.isTTY)
  const bars = canDraw && options.progress && !options.quiet
  if (bars) {
    const { BarReporter } = await import('./progress/bars.ts')
    return new BarReporter({ stream: stderr, output: stdout, verb, several, brief })
  }
  const write = (line: string): void => void stderr.write(`${line}\n`)
  const print = (line: string): void => void stdout.write(`${line}\n`)
  const lines = new LineReporter({ verb, quiet: options.quiet, brief, write, print })
  return total === undefined ? lines : new CountingReporter(lines, total)
}
