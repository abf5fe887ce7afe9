import { describe, expect, it } from 'vitest'
import { commandLine } from '../command-line/program.ts'
import { EXAMPLES } from './examples.ts'
import { helpTopics } from './help.ts'
import { OVERVIEW, SHELL_OVERVIEW } from './overview.ts'

/** What a help topic prints. */
async function helpOn(...topic: string[]): Promise<string> {
  const program = commandLine(async () => {})
  let text = ''
  program.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 })
  await program.parseAsync(['help', ...topic], { from: 'user' })
  return text
}

const PROGRAM = commandLine(async () => {})
const COMMANDS = PROGRAM.createHelp()
  .visibleCommands(PROGRAM)
  .map((command) => command.name())

describe('the help', () => {
  it.each([
    ['of the program', OVERVIEW],
    ['of the shell', SHELL_OVERVIEW],
  ])('%s fits a screen', (_, text) => {
    const lines = text.split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('names every command, and shows it in use', () => {
    for (const name of COMMANDS) {
      expect(OVERVIEW, name).toMatch(new RegExp(`\\b${name}\\b`))
      if (name !== 'help') expect(EXAMPLES[name]?.length, name).toBeGreaterThan(0)
    }
    for (const name of Object.keys(EXAMPLES)) expect(COMMANDS).toContain(name)
  })

  it('has every topic that it names, no larger than a terminal', async () => {
    for (const topic of helpTopics(PROGRAM)) {
      const text = await helpOn(topic)
      for (const line of text.split('\n')) expect(line.length, `${topic}: ${line}`).toBeLessThanOrEqual(80)
      expect(text.split('\n').length, topic).toBeLessThanOrEqual(25)
      expect(text.length).toBeGreaterThan(100)
    }
    expect(await helpOn()).toBe(OVERVIEW)
  })
})
