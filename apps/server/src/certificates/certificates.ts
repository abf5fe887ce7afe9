import { createPrivateKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fromErrno, TransferError } from '@ftp/protocol'
import type { CertificateFiles, Config } from '../config.ts'
import type { Identity } from '../state/identity.ts'
import { certificateFor } from './certificate.ts'
import type { Credentials, KeyPair } from './credentials.ts'
import { ownNames } from './own-names.ts'

/** How often the files of the operator's certificate are looked at, in milliseconds. */
const LOOK_EVERY_MS = 5_000
/** How often the names of this machine and the expiry of the certificate are looked at, in milliseconds. */
const RENEW_EVERY_MS = 3_600_000

export interface CertificateListener {
  /** Called when clients must be shown a different certificate from now on. */
  readonly onChange: (credentials: Credentials) => void
  /** Called if a changed file cannot be used. The server keeps the certificate that it has. */
  readonly onTrouble: (message: string) => void
}

/** What the server shows in TLS, kept up to date until it is disposed of. */
export class Certificates implements Disposable {
  readonly #identity: Identity
  readonly #config: Config
  readonly #watching = new DisposableStack()
  #listener: CertificateListener | undefined
  #credentials: Credentials

  private constructor(config: Config, identity: Identity, credentials: Credentials) {
    this.#config = config
    this.#identity = identity
    this.#credentials = credentials
  }

  /** @throws TransferError if the operator's certificate cannot be used */
  static async load(config: Config, identity: Identity): Promise<Certificates> {
    return new Certificates(config, identity, await read(config, identity))
  }

  get current(): Credentials {
    return this.#credentials
  }

  /** Begins to look for changes. */
  watch(listener: CertificateListener): void {
    this.#listener = listener
    const renew = (): void => void this.renew()
    const timer = setInterval(renew, RENEW_EVERY_MS).unref()
    this.#watching.defer(() => clearInterval(timer))
    const { tls } = this.#config
    for (const file of tls === undefined ? [] : [tls.certificate, tls.key]) {
      fs.watchFile(file, { persistent: false, interval: LOOK_EVERY_MS }, renew)
      this.#watching.defer(() => fs.unwatchFile(file, renew))
    }
  }

  /** Reads everything again, at once. Never rejects. */
  async renew(): Promise<void> {
    try {
      const fresh = await read(this.#config, this.#identity)
      if (JSON.stringify(fresh) === JSON.stringify(this.#credentials)) return
      this.#credentials = fresh
      this.#listener?.onChange(fresh)
    } catch (error) {
      this.#listener?.onTrouble(TransferError.from(error).message)
    }
  }

  [Symbol.dispose](): void {
    this.#watching.dispose()
  }
}

async function read({ state, host, tls }: Config, identity: Identity): Promise<Credentials> {
  const web = tls === undefined ? undefined : readPair(tls)
  const certificate = await certificateFor(identity, path.join(state, 'certificate.pem'), ownNames(host))
  return { identity: { key: identity.key, certificate }, web }
}

/** @throws TransferError if the files cannot be read or do not belong together */
function readPair(files: CertificateFiles): KeyPair {
  const [certificate, key] = [readText(files.certificate), readText(files.key)]
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key }
  } catch (cause) {
    throw new TransferError(
      'bad_request',
      `"${files.certificate}" and "${files.key}" must be a certificate and its key, in PEM and without a passphrase`,
      { cause },
    )
  }
  throw new TransferError(
    'bad_request',
    `the key in "${files.key}" does not belong to the certificate in "${files.certificate}"`,
  )
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw fromErrno(error, `"${file}"`)
  }
}
