import type { Command } from 'commander'
import type { Context, GlobalOptions } from './command-context.ts'

/** Runs a command with its context, and ends the program with the exit code that it returns. */
export type Execute = (
  command: string,
  options: GlobalOptions,
  run: (context: Context) => Promise<number>,
) => Promise<void>

/** The function of a command, called with its arguments and then its options. @returns the exit code */
export type Run<Given extends unknown[]> = (context: Context, ...given: Given) => Promise<number>

/**
 * Adds a command.
 * @param usage the name and the arguments: `get <remote...>`
 * @param load called when the command runs, because loading modules takes most of the time of a short command
 * @param hidden whether help leaves the command out
 */
export type Define = <Given extends unknown[]>(
  usage: string,
  description: string,
  load: () => Promise<Run<Given>>,
  hidden?: boolean,
) => Command

/** Builds the program's commands; each runs by calling `execute`. */
export type Commands = (execute: Execute) => Command
