import type { Command, Help, Option } from 'commander'
import { EXAMPLES } from './examples.ts'
import { OVERVIEW } from './overview.ts'
import { TOPICS, TREES_RULES } from './topics.ts'

/**
 * The group of options that select from a tree. They have a topic of their own, so that the help of each
 * command fits on one screen.
 */
export const TREES = 'trees'
const WIDTH = 80

/** Adds the overview to the program, and the examples to each command. */
export function addHelp(program: Command): void {
  const options = `These options may come before or after any command:\n\n${optionsText(program.createHelp(), program.options)}`
  program.helpInformation = () => OVERVIEW
  for (const command of program.commands)
    command.configureHelp({ optionDescription, visibleOptions }).addHelpText('after', afterText(command))
  program
    .helpCommand(false)
    .command('help [topic]')
    .description('explain a command or a topic, with examples')
    .action((topic?: string) => program.configureOutput().writeOut?.(aboutText(program, topic, options)))
}

/** The topics that `help` accepts. */
export function helpTopics(program: Command): string[] {
  return [
    ...program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
    'options',
    TREES,
    ...Object.keys(TOPICS),
  ]
}

/** The options about trees that the commands share. */
export function treesText(program: Command): string {
  const get = program.commands.find((command) => command.name() === 'get')
  const all = get?.options.filter((option) => isOfTrees(option)) ?? []
  return `What get -r, put -r and sync take from a directory:\n\n${optionsText(program.createHelp(), all)}

${TREES_RULES}`
}

function aboutText(program: Command, topic: string | undefined, options: string): string {
  if (topic === undefined) return program.helpInformation()
  const command = program.commands.find((each) => each.name() === topic || each.aliases().includes(topic))
  if (command !== undefined) return `${command.helpInformation()}${afterText(command)}\n`
  if (topic === 'options') return `${options}\n`
  if (topic === TREES) return `${treesText(program)}\n`
  const text = TOPICS[topic]
  if (text !== undefined) return `${text}\n`
  const all = helpTopics(program).join(', ')
  return program.error(`error: there is no help on '${topic}'; there is on ${all}`)
}

function afterText(command: Command): string {
  const examples = EXAMPLES[command.name()] ?? []
  const typed = examples.map(([line]) => (line.includes('ftp-client ') ? line : `ftp-client ${line}`))
  const widest = Math.max(0, ...typed.map(({ length }) => length))
  const lines = examples.map(([, does], index) => {
    const line = typed[index] ?? ''
    return widest + does.length <= WIDTH - 4
      ? `  ${line.padEnd(widest)}  ${does}`
      : `  ${line}\n      ${does}`
  })
  const more = command.options.some(isOfTrees) ? `\nChoosing from a directory: ftp-client help ${TREES}` : ''
  const shown = lines.length > 0 ? `\nExamples:\n${lines.join('\n')}\n` : ''
  return `${shown}\nOptions for every command: ftp-client help options${more}`
}

function optionsText(help: Help, options: readonly Option[]): string {
  const terms = options.map((option) => [help.optionTerm(option), optionDescription(option)])
  const widest = Math.max(...terms.map(([term = '']) => term.length))
  return terms
    .map(([term = '', description = '']) =>
      widest + description.length <= WIDTH - 4
        ? `  ${term.padEnd(widest)}  ${description}`
        : `  ${term}\n      ${description}`,
    )
    .join('\n')
}

function isOfTrees({ helpGroupHeading }: Option): boolean {
  return helpGroupHeading === TREES
}

function visibleOptions({ options }: Command): Option[] {
  return options.filter((option) => !option.hidden && !isOfTrees(option))
}

/** The description of an option with its choices and its default. */
function optionDescription({
  description,
  argChoices,
  defaultValue,
  defaultValueDescription,
}: Option): string {
  const preset: unknown = defaultValueDescription ?? defaultValue
  if (argChoices !== undefined) {
    const choices = argChoices.map((choice) => (choice === preset ? `${choice} (default)` : choice))
    return `${description}: ${choices.join(', ')}`
  }
  return preset === undefined || typeof defaultValue === 'boolean'
    ? description
    : `${description} (default: ${preset})`
}
