import { parseBytes, parseDuration } from '@ftp/terminal'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_AUDIT_DAYS, DEFAULT_TIMEOUTS, type ServerOptions } from '../config.ts'
import { DEFAULT_LIMITS } from '../guards/limits.ts'
import { LOG_LEVELS, type LogOptions } from '../log/log.ts'
import { number } from './number.ts'

/** The longest time that a timer can wait, in milliseconds. */
const MOST_MS = 2 ** 31 - 1

/** The parsed values of the options below. */
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

/** Adds the options that limit clients, and those of the log. */
export function addGuardOptions(command: Command): Command {
  const option = (flags: string, description: string, name: string): Option =>
    new Option(flags, description).env(`FTP_SERVER_${name}`)
  const count = (flags: string, description: string, name: string, most = 1_000_000): Option =>
    option(flags, description, name).argParser(number(1, most))
  const time = (flags: string, description: string, name: string): Option =>
    option(flags, description, name).argParser(duration)
  const { connections, connectionsOfSource, loggingIn, attempts, trusted } = DEFAULT_LIMITS
  const login = `${DEFAULT_TIMEOUTS.login / 1_000}s`
  const idle = `${DEFAULT_TIMEOUTS.idle / 60_000}m`
  const leastRate = `${DEFAULT_TIMEOUTS.rate / 1_024}K`
  return command
    .optionsGroup('Limits:')
    .addOption(
      count('--max-connections <n>', `connections at once (default: ${connections})`, 'MAX_CONNECTIONS'),
    )
    .addOption(
      count(
        '--max-per-address <n>',
        `connections at once from one address (default: ${connectionsOfSource})`,
        'MAX_PER_ADDRESS',
      ),
    )
    .addOption(
      count(
        '--max-logging-in <n>',
        `connections that have not logged in yet (default: ${loggingIn})`,
        'MAX_LOGGING_IN',
      ),
    )
    .addOption(
      count(
        '--max-attempts <n>',
        `new connections per second from one address (default: ${attempts})`,
        'MAX_ATTEMPTS',
      ),
    )
    .addOption(
      option(
        '--trust <networks>',
        `addresses and networks, separated by commas, that are exempt from limits per address and from penalties; "" for none (default: ${trusted.join(',')})`,
        'TRUST',
      ),
    )
    .addOption(
      time(
        '--login-timeout <time>',
        `how long a client may take to log in (default: ${login})`,
        'LOGIN_TIMEOUT',
      ),
    )
    .addOption(
      time(
        '--idle-timeout <time>',
        `how long a client may wait between requests (default: ${idle})`,
        'IDLE_TIMEOUT',
      ),
    )
    .addOption(
      option(
        '--min-rate <rate>',
        `the lowest rate, in bytes per second, of a client that the server is waiting for; 0 for no limit (default: ${leastRate})`,
        'MIN_RATE',
      ).argParser(rate),
    )
    .optionsGroup('Log:')
    .addOption(
      option('--log-level <level>', 'the lowest level to log', 'LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .addOption(
      count(
        '--audit-days <n>',
        `days to keep the audit trail (default: ${DEFAULT_AUDIT_DAYS})`,
        'AUDIT_DAYS',
        36_500,
      ),
    )
    .addOption(
      option(
        '--log-file <file>',
        'log to this file, as lines of JSON, instead of standard error',
        'LOG_FILE',
      ),
    )
}

/** Converts the options to those of the server. */
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
      login: loginTimeout,
      idle: idleTimeout,
      rate: minRate,
    }),
    log: { level: logLevel, format: json || logFile !== undefined ? 'json' : 'text', file: logFile },
  }
}

/** Parses a duration, in milliseconds; a number without a unit means seconds. */
function duration(text: string): number {
  const value = parseDuration(text)
  if (value === undefined || value < 1_000 || value > MOST_MS)
    throw new InvalidArgumentError('Write a time like 20s, 10m or 1h, at least 1s.')
  return value
}

function rate(text: string): number {
  const value = parseBytes(text)
  if (value === undefined)
    throw new InvalidArgumentError('Write a number of bytes a second like 0, 500 or 1K.')
  return value
}

/** Removes undefined values, which would hide defaults. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
