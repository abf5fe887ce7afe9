import { Argument } from 'commander'
import type { ShellOptions } from '../commands/shell.ts'
import { SHELLS } from '../completion/scripts.ts'
import type { Commands, Define } from '../define-command.ts'

/**
 * Adds this program's own shell, and the commands that support other shells. @param commands builds all
 * commands
 */
export function addShells(define: Define, commands: Commands): void {
  define('shell [local...]', 'type commands one after another, or run scripts', async () => {
    const { shell } = await import('../commands/shell.ts')
    return (context, files: string[], options: ShellOptions) => shell(context, files, options, commands)
  }).option('--keep-going', 'do not stop at a line that fails')
  define(
    'completion',
    'print a script that teaches your shell to complete commands and names',
    async () => (await import('../commands/completion.ts')).completion,
  ).addArgument(new Argument('<shell>', 'the shell that runs the script').choices(SHELLS))
  define(
    'complete',
    'print the completions of a line, for such a script',
    async () => {
      const { complete } = await import('../commands/complete.ts')
      const program = commands(async () => {})
      return (context, line: string) => complete(context, line, program)
    },
    true,
  ).argument('<line>')
}
