import { commandLine as clientCommands } from '../apps/client/src/cli/command-line/program.ts'
import { EXAMPLES as CLIENT_EXAMPLES } from '../apps/client/src/cli/help/examples.ts'
import { TREES, treesText } from '../apps/client/src/cli/help/help.ts'
import { TOPICS } from '../apps/client/src/cli/help/topics.ts'
import {
  EXAMPLES as SERVER_EXAMPLES,
  commandLine as serverCommands,
} from '../apps/server/src/command-line.ts'
import type { Manual } from './manual-page.ts'

const CLIENT = clientCommands(async () => {})
const SERVER = serverCommands(async () => {})

/** What the help of the server leaves to `ftp-server help serve`. */
function limitsAndLog(): string {
  const serving = SERVER.commands.find((command) => command.name() === 'serve')
  const options = serving?.options.filter(({ helpGroupHeading }) => helpGroupHeading !== undefined) ?? []
  return options.map(({ flags, description }) => `  ${flags}   ${description}`).join('\n')
}

/** The manual of each application, by the name of its folder. */
export const MANUALS: Readonly<Record<string, Manual>> = {
  client: {
    program: CLIENT,
    examples: CLIENT_EXAMPLES,
    topics: { [TREES]: treesText(CLIENT), ...TOPICS },
    seeAlso: 'ftp-server',
  },
  server: {
    program: SERVER,
    examples: { 'ftp-server': SERVER_EXAMPLES },
    topics: { 'limits and log': limitsAndLog() },
    seeAlso: 'ftp-client',
  },
}
