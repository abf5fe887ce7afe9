/** A private key and the certificate for it, both in PEM; the certificate may be followed by its chain. */
export interface KeyPair {
  readonly key: string
  readonly certificate: string
}

/** What the server shows to clients in TLS. */
export interface Credentials {
  /** The server's own key, shown to clients of FTX, and to all others if there is nothing else. */
  readonly identity: KeyPair
  /** The operator's own certificate, for clients that check names rather than pin keys. */
  readonly web: KeyPair | undefined
}
