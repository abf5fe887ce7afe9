import { listedCode, type Refusal, type TransferError } from '@ftp/protocol'

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

/** Describes an error for a reply, without details of the server's own faults. */
export function errorReply({ code, message }: TransferError): Refusal {
  return {
    type: 'error',
    code: listedCode(code),
    message: code === 'internal' ? 'a fault in the server' : message,
  }
}
