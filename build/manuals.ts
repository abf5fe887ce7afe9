import { commandLine as clientCommands } from '../apps/client/src/command-line/program.ts'
import { EXAMPLES as CLIENT_EXAMPLES } from '../apps/client/src/help/examples.ts'
import { TREES, treesText } from '../apps/client/src/help/help.ts'
import { TOPICS } from '../apps/client/src/help/topics.ts'
import {
  EXAMPLES as SERVER_EXAMPLES,
  commandLine as serverCommands,
} from '../apps/server/src/command-line.ts'
import type { Manual } from './manual-page.ts'

const CLIENT = clientCommands(async () => {})

/** The manual of each application, by the name of its folder. */
export const MANUALS: Readonly<Record<string, Manual>> = {
  client: {
    program: CLIENT,
    examples: CLIENT_EXAMPLES,
    topics: { [TREES]: treesText(CLIENT), ...TOPICS },
    seeAlso: 'ftp-server',
  },
  server: {
    program: serverCommands(
      async () => {},
      () => {
        throw new Error('nothing is parsed here')
      },
    ),
    examples: { 'ftp-server': SERVER_EXAMPLES },
    topics: {},
    seeAlso: 'ftp-client',
  },
}
