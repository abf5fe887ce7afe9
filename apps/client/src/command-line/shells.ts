import { Argument } from 'commander'
import { completion, tellCandidates } from '../completion/commands.ts'
import { SHELLS } from '../completion/scripts.ts'
import { type ShellOptions, shell } from '../shell/command.ts'
import type { Commands } from '../shell/shell.ts'
import type { Define } from './program.ts'

/** The shell of this program, and what helps other shells. @param commands builds all commands */
export function addShells(define: Define, commands: Commands): void {
  define(
    'shell [local...]',
    'type commands one after another, or run scripts of them',
    (context, files: string[], options: ShellOptions) => shell(context, files, options, commands),
  ).option('--keep-going', 'a script goes on after a line that fails')
  define(
    'completion',
    'print what teaches your shell to complete commands and names',
    completion,
  ).addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
  define(
    'complete',
    'what such a shell asks for',
    (context, line: string) =>
      tellCandidates(
        context,
        line,
        commands(async () => {}),
      ),
    true,
  ).argument('<line>')
}
