import type { Command, Option } from 'commander'
import { helpTopics } from '../help/help.ts'

/** An entry of a directory, local or on the server. */
export interface Name {
  readonly name: string
  readonly isDirectory: boolean
}

/**
 * Lists directories for completion. A directory is named as it was typed; `''` is the one at which relative
 * names begin.
 */
export interface Names {
  readonly remote: (directory: string) => Promise<readonly Name[]>
  readonly local: (directory: string) => Promise<readonly Name[]>
}

/**
 * The possible completions of the last word: commands, options, their choices, and names. A directory ends
 * with `/`.
 * @param words the words after the program's name; the last one is being typed
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  names: Names,
): Promise<string[]> {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, at } = commandIn(program, before)
  const awaiting = optionNamed(program, command, before.at(-1))
  if (awaiting?.required)
    return awaiting.argChoices
      ? fitting(awaiting.argChoices, current)
      : await fromOption(awaiting, current, names)
  if (current.startsWith('-'))
    return fitting(
      [...optionsOf(program, command).flatMap(({ short, long }) => [long, short]), '--help'],
      current,
    )
  if (command === undefined) {
    const listed = program.createHelp().visibleCommands(program)
    return fitting(
      listed.map((listedCommand) => listedCommand.name()),
      current,
    )
  }
  const choices = command.registeredArguments[before.length - at - 1]?.argChoices
  if (choices !== undefined) return fitting(choices, current)
  if (command.name() === 'help') return fitting(helpTopics(program), current)
  switch (kindOf(command, before.length - at - 1)) {
    case 'remote':
      return await namesFor(current, names.remote)
    case 'local':
      return await namesFor(current, names.local)
    default:
      return []
  }
}

/**
 * Whether an argument of a command is a local name or one on the server, judging by the name of the argument
 * in the usage.
 */
export function kindOf(command: Command, index: number): 'remote' | 'local' | undefined {
  const all = command.registeredArguments
  const name = all[Math.min(index, all.length - 1)]?.name()
  return name === 'remote' || name === 'local' ? name : undefined
}

/** The option that this word names, if the command or the program has it. */
export function optionNamed(
  program: Command,
  command: Command | undefined,
  word: string | undefined,
): Option | undefined {
  return optionsOf(program, command).find(
    ({ short, long }) => word !== undefined && (word === short || word === long),
  )
}

/** The command among these words, and its index. */
export function commandIn(
  program: Command,
  words: readonly string[],
): { readonly command: Command | undefined; readonly at: number } {
  const at = words.findIndex(
    (word, index) => !word.startsWith('-') && !optionNamed(program, undefined, words[index - 1])?.required,
  )
  const word = words[at]
  const command = program.commands.find((each) => each.name() === word || each.aliases().includes(word ?? ''))
  return { command, at }
}

function optionsOf(program: Command, command: Command | undefined): readonly Option[] {
  return [...(command?.options ?? []), ...program.options].filter(({ hidden }) => !hidden)
}

/**
 * Completes the value of an option: a name on the server if the option's flags say `<remote path>`, a local
 * name if they say `<path>`, `<dir>` or `<file>`.
 */
async function fromOption({ flags }: Option, current: string, names: Names): Promise<string[]> {
  if (/<remote/.test(flags)) return await namesFor(current, names.remote)
  if (/<(path|dir|file)/.test(flags)) return await namesFor(current, names.local)
  return []
}

async function namesFor(current: string, list: Names['remote']): Promise<string[]> {
  const cut = current.lastIndexOf('/') + 1
  const directory = current.slice(0, cut)
  const beginning = current.slice(cut)
  const found = await list(directory).catch(() => [])
  return found
    .filter(({ name }) => name.startsWith(beginning) && (beginning.startsWith('.') || !name.startsWith('.')))
    .map(({ name, isDirectory }) => `${directory}${name}${isDirectory ? '/' : ''}`)
    .sort()
}

function fitting(all: readonly (string | undefined)[], current: string): string[] {
  return all.filter((each) => each?.startsWith(current)).map(String)
}
