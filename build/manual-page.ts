import type { commandLine } from '../apps/client/src/cli/command-line/program.ts'

type Command = ReturnType<typeof commandLine>

/** What a page says besides what the commands say of themselves. */
export interface Manual {
  readonly program: Command
  /** Typed lines and what they do, for each command; those of the program have its own name. */
  readonly examples: Readonly<Record<string, readonly (readonly [typed: string, does: string])[]>>
  /** Texts of paragraphs, and of lines that are indented by two spaces: `  typed   what it does`. */
  readonly topics: Readonly<Record<string, string>>
  readonly seeAlso: string
}

/** A manual page, section 1, in the language of man(7). */
export function manualPage({ program, examples, topics, seeAlso }: Manual): string {
  const name = program.name()
  const summary = program.description().replace(/\.$/, '')
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${program.version() ?? ''}"`,
    // Neither spaces nor hyphens that nobody typed.
    '.ad l',
    '.nh',
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary.charAt(0).toLowerCase() + summary.slice(1))}`,
    '.SH SYNOPSIS',
    ...synopsis(program),
    '.SH OPTIONS',
    ...options(program),
    ...pairs(examples[name] ?? [], name),
    '.SH COMMANDS',
    ...commands(program, examples),
    ...Object.entries(topics).flatMap(([topic, text]) => [`.SH ${topic.toUpperCase()}`, ...prose(text)]),
    '.SH SEE ALSO',
    `.BR ${roff(seeAlso)} (1)`,
    '',
  ].join('\n')
}

function synopsis(program: Command): string[] {
  const usages = program.usage().split('\n')
  return usages.flatMap((usage, index) => {
    const text = usage.trim().replace(`${program.name()} `, '')
    return [...(index > 0 ? ['.br'] : []), `.B ${roff(program.name())}`, roff(text)]
  })
}

function commands(of: Command, examples: Manual['examples'], prefix = ''): string[] {
  const visible = of.createHelp().visibleCommands(of)
  return visible.flatMap((command) => {
    const path = `${prefix}${command.name()}`
    if (command.commands.length > 0) return commands(command, examples, `${path} `)
    const given = command.usage().replace(/^\[options\] ?/, '')
    return [
      `.SS "${roff(`${path} ${given}`.trim())}"`,
      `${roff(sentence(command.description()))}`,
      ...argumentsOf(command),
      ...options(command),
      ...pairs(examples[path] ?? [], command.parent?.name() ?? ''),
    ]
  })
}

function argumentsOf(command: Command): string[] {
  const described = command.registeredArguments.filter(({ description }) => description !== '')
  return described.flatMap((argument) => item(`<${argument.name()}>`, argument.description))
}

function options(of: Command): string[] {
  const help = of.createHelp()
  const own = help.visibleOptions(of).filter(({ long }) => of.parent === null || long !== '--help')
  return own.flatMap((option) => item(help.optionTerm(option), help.optionDescription(option)))
}

function pairs(examples: readonly (readonly [typed: string, does: string])[], program: string): string[] {
  return examples.flatMap(([typed, does]) =>
    item(typed.includes(`${program} `) || typed === program ? typed : `${program} ${typed}`, does),
  )
}

function item(term: string, text: string): string[] {
  return ['.TP', `.B "${roff(term)}"`, roff(sentence(text))]
}

function prose(text: string): string[] {
  return text.split('\n\n').flatMap((block) => {
    // What did not fit behind a term stands below it.
    const lines = block.replaceAll(/\n {6,}/g, '   ').split('\n')
    if (!lines.every((line) => line.startsWith('  '))) return ['.PP', ...lines.map(roff)]
    return lines.flatMap((line) => {
      const [term = '', does, ...more] = line.trim().split(/ {2,}/)
      // Of more columns it is a table.
      if (does === undefined || more.length > 0) return ['.PP', '.EX', roff(line), '.EE']
      return item(term, does)
    })
  })
}

/** Capitalises the text and adds a period, unless it begins with a path, a sign or a name in capitals. */
function sentence(text: string): string {
  return /^[a-z-]+([ ,;:]|$)/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : text
}

/** A line of text that is nothing else in roff. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replace(/^(?=[.])/, '\\&')
}
