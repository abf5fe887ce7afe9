import type { Command } from 'commander'
import { EXAMPLES } from './examples.ts'
import { OVERVIEW } from './overview.ts'
import { TOPICS } from './topics.ts'

/** Gives the program its overview and each of its commands its examples. */
export function addHelp(program: Command): void {
  const options = optionsText(program)
  program.helpInformation = () => OVERVIEW
  for (const command of program.commands) command.addHelpText('after', () => afterText(command.name()))
  program
    .helpCommand(false)
    .command('help [topic]')
    .description('about a command or a topic, with examples')
    .action((topic?: string) => program.configureOutput().writeOut?.(aboutText(program, topic, options)))
}

/** The names that `help` knows. */
export function helpTopics(program: Command): string[] {
  return [
    ...program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
    'options',
    ...Object.keys(TOPICS),
  ]
}

function aboutText(program: Command, topic: string | undefined, options: string): string {
  if (topic === undefined) return program.helpInformation()
  const command = program.commands.find((each) => each.name() === topic || each.aliases().includes(topic))
  if (command !== undefined) return `${command.helpInformation()}${afterText(command.name())}\n`
  if (topic === 'options') return options
  const text = TOPICS[topic]
  if (text !== undefined) return `${text}\n`
  const all = helpTopics(program).join(', ')
  return program.error(`error: there is no help on '${topic}'; there is on ${all}`)
}

function afterText(command: string): string {
  const examples = EXAMPLES[command] ?? []
  const typed = examples.map(([line]) => (line.includes('ftp-client ') ? line : `ftp-client ${line}`))
  const widest = Math.max(0, ...typed.map(({ length }) => length))
  const lines = examples.map(([, does], index) => {
    const line = typed[index] ?? ''
    return widest + does.length < 74 ? `  ${line.padEnd(widest)}  ${does}` : `  ${line}\n      ${does}`
  })
  return `${lines.length > 0 ? `\nExamples:\n${lines.join('\n')}\n` : ''}\nOptions of every command: ftp-client help options`
}

/** The options that every command has. */
function optionsText(program: Command): string {
  const help = program.createHelp()
  const terms = help
    .visibleOptions(program)
    .map((option) => [help.optionTerm(option), help.optionDescription(option)])
  const widest = Math.max(...terms.map(([term = '']) => term.length))
  const lines = terms.map(([term = '', description = '']) =>
    widest + description.length < 76
      ? `  ${term.padEnd(widest)}  ${description}`
      : `  ${term}\n      ${description}`,
  )
  return `These may stand before or behind every command:\n\n${lines.join('\n')}\n`
}
