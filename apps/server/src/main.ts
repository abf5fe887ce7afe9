#!/usr/bin/env node
import { printable, TransferError } from '@ftp/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { banner } from './banner.ts'
import type { AnonymousAccess } from './config.ts'
import { startServer } from './server.ts'

/** How long running requests may go on after the first SIGINT or SIGTERM, in milliseconds. */
const GRACE_MS = 3_000

interface Flags {
  readonly port?: number
  readonly host?: string
  readonly state?: string
  readonly anonymous?: AnonymousAccess
  readonly threads?: number
  readonly plaintext?: boolean
  readonly json?: boolean
}

const program = new Command('ftp-server')
  .description('Serves a folder to ftp-client: verified, resumable transfers on your own network.')
  .argument('[root]', 'the folder to serve', 'storage')
  .addOption(
    new Option('-p, --port <n>', 'port, 0 for any free one (default: 7021)')
      .argParser(number(0, 65_535))
      .env('FTP_SERVER_PORT'),
  )
  .addOption(
    new Option('-H, --host <address>', 'address to listen on (default: all interfaces)').env(
      'FTP_SERVER_HOST',
    ),
  )
  .addOption(
    new Option('--state <dir>', 'key and digests (default: <root>/.ftp-server)').env('FTP_SERVER_STATE'),
  )
  .addOption(
    new Option('--anonymous <access>', 'what clients may do without an account')
      .choices(['none', 'read', 'write'])
      .default('none')
      .env('FTP_SERVER_ANONYMOUS'),
  )
  .addOption(
    new Option('--threads <n>', 'handler threads (default: what the machine runs at once)')
      .argParser(number(1, 256))
      .env('FTP_SERVER_THREADS'),
  )
  .option('--plaintext', 'no TLS: for trusted links and measurements only')
  .option('--json', 'one JSON object a line on standard output')
  .version('0.1.0')
  .addHelpText(
    'after',
    `
Examples:
  ftp-server --anonymous write             everybody may read and write ./storage
  ftp-server ~/photos --anonymous read     everybody may read a folder of photos
  ftp-server /srv/files --port 8021        another folder, another port`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(run)

await program.parseAsync()

async function run(root: string, flags: Flags): Promise<void> {
  try {
    const server = await startServer({ root, ...flags }, (message) =>
      console.error(`ftp-server: ${printable(message)}`),
    )
    if (flags.json)
      say({
        event: 'listening',
        host: server.host,
        port: server.port,
        fingerprint: server.fingerprint ?? null,
      })
    else console.log(banner(server))
    let stopping = false
    const stop = async (): Promise<void> => {
      if (stopping) process.exit(0)
      stopping = true
      if (!flags.json) console.log('Stopping …')
      await server.close(GRACE_MS)
      if (flags.json) say({ event: 'stopped' })
      process.exit(0)
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
  } catch (error) {
    const failure = TransferError.from(error)
    console.error(`ftp-server: ${printable(failure.message)}`)
    process.exit(failure.code === 'internal' ? 1 : 2)
  }
}

function say(event: object): void {
  console.log(JSON.stringify(event))
}

function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === '') {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
