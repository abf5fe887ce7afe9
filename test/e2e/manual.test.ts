import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { manualPage } from '../../build/manual-page.ts'
import { MANUALS } from '../../build/manuals.ts'

type Command = (typeof MANUALS)[string]['program']

/** A page as a terminal shows it. */
function render(page: string): { readonly text: string; readonly warnings: string } {
  const env = { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' }
  const { stdout, stderr, error } = spawnSync('man', ['--warnings', '-l', '-'], {
    input: page,
    env,
    encoding: 'utf8',
  })
  if (error !== undefined)
    throw new Error('this test needs man; install it, for instance with: apt-get install man-db', {
      cause: error,
    })
  return { text: stdout, warnings: stderr }
}

function all(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command)
  return [command, ...visible.flatMap((each) => all(each))]
}

describe.each(Object.entries(MANUALS))('The manual page of the %s', (_, manual) => {
  const { text, warnings } = render(manualPage(manual))

  it('is shown without a warning, no wider than a terminal', () => {
    expect(warnings).toBe('')
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('tells of every command, every option and every example', () => {
    const words = text.replaceAll(/\s+/g, ' ')
    for (const command of all(manual.program)) {
      if (command.parent !== null) expect(words).toContain(` ${command.name()}`)
      for (const option of command.createHelp().visibleOptions(command)) expect(words).toContain(option.flags)
    }
    for (const [typed] of Object.values(manual.examples).flat()) expect(words).toContain(typed)
    for (const topic of Object.keys(manual.topics)) expect(text).toContain(`\n${topic.toUpperCase()}\n`)
  })
})
