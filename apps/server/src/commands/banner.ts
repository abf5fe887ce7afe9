import { DEFAULT_PORT } from '@ftp/protocol'
import { renderUnicodeCompact } from 'uqr'
import type { Server } from '../server.ts'
import { bracketed, doorsOf, reachable, webUrl } from './door-urls.ts'
import type { FirstAccount } from './first-account.ts'

/** A command that works in any checkout, on this machine or another, with nothing installed. */
const FROM_CHECKOUT = 'npx --yes pnpm@12.21.0 ftp-client'
const CLIENT = import.meta.filename.endsWith('.ts') ? FROM_CHECKOUT : 'ftp-client'

/**
 * The text that a person sees when the server has started: what it serves, and what to type on another
 * machine.
 * @param first an account that has just been created
 * @param qr whether to show the address as a QR code, too: that of the page, if there is one
 */
export function banner(server: Server, first: FirstAccount | undefined, qr: boolean): string {
  const { config, host, port, fingerprint, sshFingerprint } = server
  const ftp = doorsOf(server).filter(({ door }) => door === 'ftp')
  const rights = {
    none: 'users with an account; manage them with: ftp-server user',
    read: 'everybody on this network may read',
    write: 'everybody on this network may read, write and delete',
  }
  const addresses = reachable(host)
  const [address = host] = addresses
  const page = config.web ? webUrl(address, config, port) : undefined
  const suffix = port === DEFAULT_PORT ? '' : `:${port}`
  const flags = config.plaintext ? ' --plaintext' : ''
  const keys = [fingerprint, sshFingerprint === undefined ? undefined : `${sshFingerprint} (SFTP)`]
  const shownKeys = keys.filter((key) => key !== undefined)
  const commandFor = (server: string): string =>
    config.anonymous === 'none'
      ? `${CLIENT} login ${first?.name ?? '<user>'}@${server}${flags}`
      : `${CLIENT} --server ${server}${flags} ls`
  return [
    `Serving ${config.root}`,
    `  access   ${rights[config.anonymous]}`,
    ...(shownKeys.length === 0 ? [] : ['  key', ...shownKeys.map((key) => `    ${key}`)]),
    ...(config.plaintext ? ['  warning  --plaintext: everything can be read and changed on its way'] : []),
    ...(first === undefined ? [] : ['', ...introduce(first)]),
    '',
    addresses.includes('127.0.0.1') ? 'On this machine:' : 'Here or on another machine:',
    ...addresses.map((address) => `  ${commandFor(`${bracketed(address)}${suffix}`)}`),
    ...(page === undefined ? [] : ['In a browser:', `  ${page}`]),
    ...(qr ? [renderUnicodeCompact(page ?? `ftx://${bracketed(address)}:${port}`)] : []),
    ...(ftp.length > 0 ? ['By FTP:', ...ftp.map(({ url }) => `  ${url}`)] : []),
    '',
    'Ctrl-C stops it; interrupted transfers continue when it is back.',
  ].join('\n')
}

function introduce({ name, password }: FirstAccount): string[] {
  return [
    'There was no account, so one was made. Its password is shown only once:',
    `  user      ${name}`,
    `  password  ${password}`,
  ]
}
