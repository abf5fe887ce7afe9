import { X509Certificate } from 'node:crypto'
import { namesOf } from './certificate.ts'
import type { KeyPair } from './credentials.ts'
import { ownNames } from './own-names.ts'

/**
 * The names and addresses, in lower case, under which clients may address this server.
 * @param host the address that it listens on; undefined for all
 * @param web the operator's certificate, which names the server, too
 */
export function hostNames(host: string | undefined, web: KeyPair | undefined): ReadonlySet<string> {
  const named = web === undefined ? [] : namesOf(new X509Certificate(web.certificate))
  return new Set([...ownNames(host), ...named].map((name) => name.toLowerCase()))
}
