import { type Command, Option } from 'commander'
import type { ServerOptions } from '../config.ts'
import { DEFAULT_LIMITS } from '../guards/limits.ts'
import { LOG_LEVELS, type LogOptions } from '../log/log.ts'
import { number } from './number.ts'

/** What the options below make of the command line. */
export interface GuardOptions {
  readonly maxConnections?: number
  readonly maxPerAddress?: number
  readonly maxLoggingIn?: number
  readonly maxAttempts?: number
  readonly trust?: string
  readonly loginTimeout?: number
  readonly idleTimeout?: number
  readonly minRate?: number
  readonly logLevel: LogOptions['level']
  readonly logFile?: string
}

/** The options about what clients may take of the server, and about what it tells of them. */
export function addGuardOptions(command: Command): Command {
  const option = (flags: string, description: string, name: string): Option =>
    new Option(flags, description).env(`FTP_SERVER_${name}`)
  const count = (flags: string, description: string, name: string, most = 1_000_000): Option =>
    option(flags, description, name).argParser(number(1, most))
  const { connections, connectionsOfSource, loggingIn, attempts, trusted } = DEFAULT_LIMITS
  return command
    .optionsGroup('Limits:')
    .addOption(
      count('--max-connections <n>', `connections at once (default: ${connections})`, 'MAX_CONNECTIONS'),
    )
    .addOption(
      count('--max-per-address <n>', `of one address (default: ${connectionsOfSource})`, 'MAX_PER_ADDRESS'),
    )
    .addOption(count('--max-logging-in <n>', `not logged in yet (default: ${loggingIn})`, 'MAX_LOGGING_IN'))
    .addOption(
      count('--max-attempts <n>', `new ones a second, of one address (default: ${attempts})`, 'MAX_ATTEMPTS'),
    )
    .addOption(
      option(
        '--trust <networks>',
        `addresses and networks not limited or punished one by one, separated by commas; "" for none (default: ${trusted.join(',')})`,
        'TRUST',
      ),
    )
    .addOption(count('--login-timeout <seconds>', 'time to log in (default: 20)', 'LOGIN_TIMEOUT', 3_600))
    .addOption(count('--idle-timeout <seconds>', 'time between requests (default: 600)', 'IDLE_TIMEOUT'))
    .addOption(
      option(
        '--min-rate <bytes>',
        'a second, of a client that is waited for (default: 1024)',
        'MIN_RATE',
      ).argParser(number(0, 1_000_000_000)),
    )
    .optionsGroup('Log:')
    .addOption(
      option('--log-level <level>', 'how much is logged', 'LOG_LEVEL').choices(LOG_LEVELS).default('info'),
    )
    .addOption(
      count('--audit-days <n>', 'how long the audit trail is kept (default: 90)', 'AUDIT_DAYS', 36_500),
    )
    .addOption(option('--log-file <file>', 'lines of JSON there, instead of standard error', 'LOG_FILE'))
}

/** The same as the server takes them. */
export function guardOptions(options: GuardOptions, json: boolean): Partial<ServerOptions> {
  const { maxConnections, maxPerAddress, maxLoggingIn, maxAttempts, trust, minRate } = options
  const { loginTimeout, idleTimeout, logLevel, logFile } = options
  return {
    limits: given({
      connections: maxConnections,
      connectionsOfSource: maxPerAddress,
      loggingIn: maxLoggingIn,
      attempts: maxAttempts,
      trusted: trust?.split(',').flatMap((network) => network.trim() || []),
    }),
    timeouts: given({
      login: loginTimeout && loginTimeout * 1_000,
      idle: idleTimeout && idleTimeout * 1_000,
      rate: minRate,
    }),
    log: { level: logLevel, format: json || logFile !== undefined ? 'json' : 'text', file: logFile },
  }
}

/** Without what is undefined, which would hide a default. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
