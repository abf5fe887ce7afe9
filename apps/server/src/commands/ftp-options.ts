import net from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_FTP_PORT, type PortRange } from '../config.ts'
import { number } from './number.ts'

/** Adds the options of the FTP door. Each of them needs `--ftp`. */
export function addFtpOptions(command: Command): Command {
  const option = (flags: string, description: string, name: string): Option =>
    new Option(flags, description).env(`FTP_SERVER_${name}`)
  return command
    .optionsGroup('FTP (with --ftp):')
    .addOption(
      option('--ftp-port <n>', `the port for FTP (default: ${DEFAULT_FTP_PORT})`, 'FTP_PORT').argParser(
        number(0, 65_535),
      ),
    )
    .addOption(
      option(
        '--ftps-port <n>',
        'a port for clients that begin with TLS at once (implicit TLS; usually 990)',
        'FTPS_PORT',
      ).argParser(number(0, 65_535)),
    )
    .addOption(
      option(
        '--ftp-passive <from-to>',
        'the ports for data connections, such as 50000-50100 (default: any)',
        'FTP_PASSIVE',
      ).argParser(portRange),
    )
    .addOption(
      option(
        '--ftp-address <ip>',
        'the IPv4 address to announce for data connections, if the server is behind NAT',
        'FTP_ADDRESS',
      ).argParser(ipv4),
    )
    .option(
      '--ftp-require-resumption',
      'take encrypted data connections only from clients that resume their TLS session, as FileZilla does',
    )
}

function portRange(text: string): PortRange {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []
  const [first, last] = [Number(from), Number(to)]
  if (first >= 1 && first <= last && last <= 65_535) return { first, last }
  throw new InvalidArgumentError('Write two ports, such as 50000-50100.')
}

function ipv4(text: string): string {
  if (net.isIPv4(text)) return text
  throw new InvalidArgumentError('Write an IPv4 address, such as 203.0.113.7; clients of IPv6 need none.')
}
