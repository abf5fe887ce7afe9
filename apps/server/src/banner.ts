import { networkInterfaces } from 'node:os'
import { DEFAULT_PORT } from '@ftp/protocol'
import type { Server } from './server.ts'

/** The text that a person sees when the server is up: what is served, and what to type on another machine. */
export function banner({ config, host, port, fingerprint }: Server): string {
  const rights = {
    none: 'nobody may log in: start with --anonymous read or --anonymous write',
    read: 'everybody on this network may read',
    write: 'everybody on this network may read, write and delete',
  }
  const addresses = reachable(host)
  const suffix = port === DEFAULT_PORT ? '' : `:${port}`
  const flags = config.plaintext ? ' --plaintext' : ''
  return [
    `Serving ${config.root}`,
    `  access   ${rights[config.anonymous]}`,
    ...(fingerprint === undefined ? [] : ['  key', `    ${fingerprint}`]),
    ...(config.plaintext ? ['  warning  --plaintext: everything can be read and changed on its way'] : []),
    '',
    addresses.includes('127.0.0.1') ? 'On this machine:' : 'On another machine:',
    ...addresses.map((address) => `  ftp-client --server ${bracketed(address)}${suffix}${flags} ls`),
    '',
    'Ctrl-C stops it; interrupted transfers continue when it is back.',
  ].join('\n')
}

/** The addresses under which other machines may reach a server that listens on `host`. */
function reachable(host: string): string[] {
  if (host !== '::' && host !== '0.0.0.0') return [host]
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outside = all
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
  return outside.length > 0 ? outside : ['127.0.0.1']
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
