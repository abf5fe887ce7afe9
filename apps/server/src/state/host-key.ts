import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'
import { readPrivate, writePrivate } from './private-file.ts'
import { fingerprintOf } from './public-key.ts'

/** The key by which clients of SSH recognise this server. */
export interface HostKey {
  /** The private key, as OpenSSH writes it. */
  readonly text: string
  /** As OpenSSH writes it: `SHA256:` and 43 characters. */
  readonly fingerprint: string
}

const MAGIC = 'openssh-key-v1\0'
const TYPE = 'ssh-ed25519'
const [BEGIN, END] = ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----']
const LINE = /.{1,70}/g
/** The private part is filled up to a multiple of this. */
const BLOCK = 8

/**
 * Reads the host key; creates it at the first start. The file has OpenSSH's format, so the key of an SSH server that
 * this one replaces can be used.
 * @throws TransferError `forbidden` if other users may read the file, `io` if it is damaged or of another type
 */
export async function loadHostKey(file: string): Promise<HostKey> {
  try {
    return read(file)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromErrno(error, `"${file}"`)
  }
  try {
    writePrivate(file, makeHostKey())
    return read(file)
  } catch (error) {
    throw fromErrno(error, `"${file}"`)
  }
}

function read(file: string): HostKey {
  const text = readPrivate(file, 'remove it and start once with --new-key')
  const blob = publicPart(text)
  if (blob === undefined)
    throw new TransferError(
      'io',
      `the host key in "${file}" is damaged, has a passphrase or is not of the type ${TYPE}; restore it from a backup, or remove it and start once with --new-key`,
    )
  return { text, fingerprint: fingerprintOf(blob) }
}

/** The public key, which the file contains unencrypted; undefined if it is not such a file. */
function publicPart(text: string): Buffer | undefined {
  const [, body] = /-{5}BEGIN OPENSSH PRIVATE KEY-{5}([A-Za-z0-9+/=\s]+)-{5}END/.exec(text) ?? []
  const bytes = Buffer.from(body ?? '', 'base64')
  const head = Buffer.concat([
    Buffer.from(MAGIC),
    stringOf('none'),
    stringOf('none'),
    stringOf(''),
    uint32(1),
  ])
  const type = stringOf(TYPE)
  const length = type.length + 4 + 32
  const start = head.length + 4
  const blob = bytes.subarray(start, start + length)
  const isOurs = bytes.subarray(0, head.length).equals(head) && blob.length === length
  return isOurs && blob.subarray(0, type.length).equals(type) ? blob : undefined
}

/** A new key, in the format of OpenSSH's PROTOCOL.key. */
function makeHostKey(): string {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [open, secret] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const blob = Buffer.concat([stringOf(TYPE), stringOf(open)])
  const check = randomBytes(4)
  const key = Buffer.concat([secret, open])
  const filled = [check, check, stringOf(TYPE), stringOf(open), stringOf(key), stringOf('ftp-server')]
  const size = filled.reduce((sum, { length }) => sum + length, 0)
  const padding = Buffer.from(
    Array.from({ length: (BLOCK - (size % BLOCK)) % BLOCK }, (_, index) => index + 1),
  )
  const head = [
    Buffer.from(MAGIC),
    stringOf('none'),
    stringOf('none'),
    stringOf(''),
    uint32(1),
    stringOf(blob),
  ]
  const whole = Buffer.concat([...head, stringOf(Buffer.concat([...filled, padding]))])
  return [BEGIN, ...(whole.toString('base64').match(LINE) ?? []), END, ''].join('\n')
}

function stringOf(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
