import type { Command } from 'commander'
import type { Context, GlobalOptions } from './command-context.ts'

/** Runs a command in its surroundings and ends the program with the code it returns. */
export type Execute = (
  command: string,
  options: GlobalOptions,
  run: (context: Context) => Promise<number>,
) => Promise<void>

/** What a command does, given its arguments and then its options. @returns the exit code */
export type Run<Given extends unknown[]> = (context: Context, ...given: Given) => Promise<number>

/**
 * Adds a command.
 * @param usage its name and its arguments: `get <remote...>`
 * @param load called when it runs: loading modules is most of what a short command takes
 * @param hidden left out of help
 */
export type Define = <Given extends unknown[]>(
  usage: string,
  description: string,
  load: () => Promise<Run<Given>>,
  hidden?: boolean,
) => Command

/** Builds the program's commands; each runs by calling `execute`. */
export type Commands = (execute: Execute) => Command
