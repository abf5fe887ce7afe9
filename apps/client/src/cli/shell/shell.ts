import path from 'node:path'
import { formatPath, TransferError } from '@ftp/protocol'
import { wantsJson } from '@ftp/terminal'
import { type Command, CommanderError } from 'commander'
import type { Client } from '../../client.ts'
import { type Context, type Here, reportFailure, reportSummary } from '../command-context.ts'
import { commandIn, kindOf, type Names, optionNamed } from '../completion/candidates.ts'
import { namesAt } from '../completion/complete.ts'
import type { Commands, Execute } from '../define-command.ts'
import { splitWords, type Word } from '../lexer.ts'
import { commandNamed, reportUsage } from '../usage.ts'
import { addBuiltins, runLocally } from './builtins.ts'
import { type JobContext, Jobs } from './jobs.ts'
import { outputTo } from './output.ts'
import { expand } from './remote-patterns.ts'
import type { ShellState } from './state.ts'

/**
 * The state that commands share while they are typed one after another: the client, and the directories at
 * which relative paths begin.
 */
export class Shell implements ShellState {
  readonly context: Context
  readonly client: Client
  readonly jobs = new Jobs()
  here: Here
  /** True after `exit`. */
  ended = false
  readonly #commands: Commands

  constructor(context: Context, client: Client, commands: Commands) {
    this.context = context
    this.client = client
    this.here = context.here
    this.#commands = commands
  }

  get prompt(): string {
    return `${this.client.server}:/${formatPath(this.here.remote)}> `
  }

  /** Runs one line. Failures are reported. @returns the exit code */
  async run(text: string): Promise<number> {
    const stop = new AbortController()
    using _interrupt = this.context.onInterrupt(() =>
      stop.abort(new TransferError('aborted', 'interrupted; run the same command again to continue')),
    )
    const context = this.#contextFor(stop.signal)
    const [, local] = /^\s*-?\s*!(.*)$/s.exec(text) ?? []
    try {
      if (local !== undefined) return await runLocally(local, path.resolve(this.here.local), context)
      // A leading minus lets a script go on if the line fails.
      const { words, background } = splitWords(text.replace(/^\s*-/, ''))
      if (words.length === 0) return 0
      if (!background) return await this.#runCommand(words, context)
      const notice = this.jobs.start(text.trim(), (jobContext) => this.#runInBackground(words, jobContext))
      this.context.stderr.write(`${notice}\n`)
      return 0
    } catch (error) {
      return this.#fail(error, context)
    }
  }

  /** The commands, for running, help and completion. */
  program(
    execute: Execute = async () => {},
    context = this.context,
    end: (exitCode: number) => void = () => {},
  ): Command {
    const program = this.#commands(execute)
    addBuiltins(program, this, context, end)
    return program
  }

  /** The names to complete with, relative to the current directories. */
  get names(): Names {
    return namesAt(async () => this.client, this.here)
  }

  #contextFor(signal: AbortSignal): Context {
    return { ...this.context, started: performance.now(), signal, client: this.client, here: this.here }
  }

  async #runInBackground(words: readonly Word[], { signal, write, total }: JobContext): Promise<number> {
    const output = outputTo(write)
    const context = { ...this.#contextFor(signal), stdout: output, stderr: output, total }
    return await this.#runCommand(words, context)
  }

  async #runCommand(words: readonly Word[], context: Context): Promise<number> {
    let exitCode = 0
    const program = this.program(
      async (command, options, run) => {
        const { json, quiet, verbose, progress } = context.options
        const merged = {
          json: json || options.json,
          quiet: quiet || options.quiet,
          verbose: verbose || options.verbose,
          progress: progress && options.progress,
        }
        const own = { ...context, command, options: { ...context.options, ...definedOf(merged) } }
        const ran = (async () => {
          requireLineOptions(program)
          return await run(own)
        })()
        exitCode = await ran.catch((error: unknown) => this.#fail(error, own))
      },
      context,
      (code) => {
        exitCode = code
      },
    )
    const texts = words.map(({ text }) => text)
    const json = context.options.json || wantsJson(texts)
    for (const each of [program, ...program.commands])
      each.showHelpAfterError('(help shows the commands, help <command> its options)').configureOutput({
        writeOut: (text) => context.stdout.write(text),
        // A program learns of it from an event.
        writeErr: (text) => void (json || context.stderr.write(text)),
      })
    try {
      await program.parseAsync(await this.#expanded(words, program), { from: 'user' })
    } catch (error) {
      const named = {
        ...context,
        command: commandNamed(program, texts),
        options: { ...context.options, json },
      }
      return error instanceof CommanderError ? reportUsage(named, error) : this.#fail(error, named)
    }
    return exitCode
  }

  /** The words, with each pattern replaced by the names that match it. */
  async #expanded(words: readonly Word[], program: Command): Promise<string[]> {
    const texts = words.map(({ text }) => text)
    const { command, at } = commandIn(program, texts)
    const expanded: string[] = []
    for (const [index, { text, pattern }] of words.entries()) {
      const kind = command === undefined || index <= at ? undefined : kindOf(command, index - at - 1)
      const isValue = optionNamed(program, command, texts[index - 1])?.required
      if (pattern === undefined || kind === undefined || isValue) expanded.push(text)
      else expanded.push(...(await expand(pattern, this.names[kind])))
    }
    return expanded
  }

  /** Reports that a command has failed, and its end. @returns the exit code */
  #fail(error: unknown, context: Context): number {
    // A failure that Ctrl-C has caused does not always say so.
    const failure = TransferError.from(context.signal.aborted ? context.signal.reason : error)
    reportFailure(context, failure)
    return reportSummary(context, { done: 0, failed: 1, codes: [failure.code] })
  }
}

/** The options that a line of a shell may have as well: they change what is shown. */
const LINE_OPTIONS: readonly string[] = ['json', 'quiet', 'verbose', 'progress']

/**
 * Refuses options that can take effect only when the shell connects: a line must not seem to act on another
 * server, for example.
 * @throws TransferError `usage`
 */
function requireLineOptions(program: Command): void {
  const refused = program.options.find((option) => {
    const name = option.attributeName()
    return program.getOptionValueSource(name) === 'cli' && !LINE_OPTIONS.includes(name)
  })
  if (refused === undefined) return
  const { long = '', flags } = refused
  throw new TransferError(
    'usage',
    `${long} takes effect for a whole shell, not for one line; leave it out, or start another: ftp-client ${flags.replace(/^-., /, '')} shell`,
  )
}

function definedOf<T extends object>(object: T): Partial<T> {
  const defined = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as Partial<T>
}
