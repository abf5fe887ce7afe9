import { listedCode, type Refusal, type ScramVerifier, type TransferError } from '@ftp/protocol'

/** The verifier of a password, as it is sent. */
type SentVerifier = { readonly [K in keyof ScramVerifier]: K extends 'iterations' ? number : string }

/** How often long work reports progress, in milliseconds. */
export const PROGRESS_MS = 1_000

/** Converts bytes to lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** Converts hex digits to bytes. */
export function bytesOf(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex')
}

/** Converts the verifier of a password from hex digits. */
export function verifierOf({ salt, iterations, storedKey, serverKey }: SentVerifier): ScramVerifier {
  const keys = { storedKey: bytesOf(storedKey), serverKey: bytesOf(serverKey) }
  return { salt: bytesOf(salt), iterations, ...keys }
}

/** Describes an error for a reply, without details of the server's own faults. */
export function errorReply({ code, message }: TransferError): Refusal {
  return {
    type: 'error',
    code: listedCode(code),
    message: code === 'internal' ? 'a fault in the server' : message,
  }
}
