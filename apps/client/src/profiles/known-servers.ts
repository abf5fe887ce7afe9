import path from 'node:path'
import { TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import { ConfigFile } from './config-file.ts'

const FINGERPRINT = /^sha256:[0-9a-f]{64}$/
const schema = v.pipe(
  v.unknown(),
  // Valibot accepts an array as a record.
  v.check((value) => !Array.isArray(value)),
  v.record(v.string(), v.pipe(v.string(), v.regex(FINGERPRINT))),
)

/** The keys that servers had when this client first connected to them. */
export class KnownServers {
  readonly #file: ConfigFile<Record<string, string>>

  /** @param folder the client's configuration folder */
  constructor(folder: string) {
    const file = path.join(folder, 'known-servers.json')
    this.#file = new ConfigFile(file, { schema, empty: {}, holds: 'the keys of all servers' })
  }

  /**
   * Decides whether a server may be talked to: its key must be the expected one or, if none is expected, the
   * one it had before; at the first contact, any key will do. Remembers nothing.
   * @param name `host:port`
   * @param expected the fingerprint that the user gave, if any
   * @throws TransferError `login` for any other key
   */
  verify(name: string, fingerprint: string, expected: string | undefined): void {
    this.#compare(name, fingerprint, expected)
  }

  /**
   * Does the same as {@link verify} and remembers the key. Must be called once the login has been accepted.
   * @param name `host:port`
   * @param expected the fingerprint that the user gave, if any
   * @returns `new` at the first contact
   * @throws TransferError `login` for any other key
   */
  check(name: string, fingerprint: string, expected: string | undefined): 'known' | 'new' {
    let pinned = this.#compare(name, fingerprint, expected)
    if (pinned === fingerprint) return 'known'
    this.#file.update((known) => {
      // Another client may have met the server meanwhile.
      pinned = this.#compare(name, fingerprint, expected)
      return { ...known, [name]: fingerprint }
    })
    return pinned === undefined ? 'new' : 'known'
  }

  /** Whether the server of this name, `host:port`, has this key. */
  has(name: string, fingerprint: string): boolean {
    const known = this.#file.read()
    return Object.hasOwn(known, name) && known[name] === fingerprint
  }

  /** @returns the key that the server had before; undefined at the first contact */
  #compare(name: string, fingerprint: string, expected: string | undefined): string | undefined {
    if (expected !== undefined && expected !== fingerprint) {
      throw new TransferError(
        'login',
        `${name} has the key ${fingerprint}, not the one given with --fingerprint, so nothing was sent`,
      )
    }
    const known = this.#file.read()
    const pinned = known[name]
    if (pinned !== undefined && pinned !== fingerprint && expected === undefined) {
      throw changed(name, pinned, fingerprint, this.#file.path)
    }
    return pinned
  }
}

/** Whether a text is a fingerprint as servers print it. */
export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text)
}

function changed(name: string, pinned: string, found: string, file: string): TransferError {
  return new TransferError(
    'login',
    `the key of ${name} has changed, so nothing was sent. It was ${pinned} and is now ${found}. ` +
      'Either the server was set up again, or somebody stands between you and it. ' +
      `If the server shows the new key at its start, accept it with --fingerprint ${found} ; the old key is in "${file}"`,
  )
}
