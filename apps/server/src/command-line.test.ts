import { describe, expect, it } from 'vitest'
import { commandLine } from './command-line.ts'

type Program = ReturnType<typeof commandLine>

const PROGRAM = commandLine(async () => {})

/** A command and everything below it. */
function all(command: Program): Program[] {
  return [command, ...command.commands.flatMap((each) => all(each))]
}

/** What `--help` prints on a terminal of 80 columns, including the examples. */
function helpOf(command: Program): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 })
  command.outputHelp()
  return text
}

describe('The help of the server', () => {
  it.each(all(PROGRAM).map((command) => [command.name(), command] as const))(
    'about %s is no wider than a terminal',
    (_, command) => {
      const lines = helpOf(command).split('\n')
      expect(lines.length).toBeGreaterThan(3)
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
    },
  )
})

it('takes an IPv6 address with or without brackets, as it stands in a URL or alone', () => {
  for (const typed of ['::1', '[::1]']) {
    const serving = commandLine(async () => {}).commands.find((command) => command.name() === 'serve')
    serving?.parseOptions(['--host', typed])
    expect(serving?.opts()).toMatchObject({ host: '::1' })
  }
})
