import type { Entry } from '@ftp/protocol'
import { ATTRIBUTES_BYTES, writeAttributes } from './attributes.ts'
import { REPLY, STATUS } from './codes.ts'

/** A complete packet, with its length field. */
export type Reply = Buffer

/** The length field, the type and the id of the request. */
const HEAD = 9

/** @param message a sentence for people */
export function statusReply(id: number, code: keyof typeof STATUS, message: string = code): Reply {
  const text = Buffer.from(message)
  const packet = begin(REPLY.status, id, 4 + 4 + text.length + 4)
  packet.writeUInt32BE(STATUS[code], HEAD)
  const end = writeString(packet, HEAD + 4, text)
  packet.writeUInt32BE(0, end)
  return packet
}

export function handleReply(id: number, handle: Buffer): Reply {
  const packet = begin(REPLY.handle, id, 4 + handle.length)
  writeString(packet, HEAD, handle)
  return packet
}

export function attributesReply(id: number, entry: Entry): Reply {
  const packet = begin(REPLY.attributes, id, ATTRIBUTES_BYTES)
  writeAttributes(packet, HEAD, entry)
  return packet
}

/** The reply to an extended request, whose form the extension defines. */
export function extendedReply(id: number, content: Uint8Array): Reply {
  const packet = begin(REPLY.extended, id, content.length)
  packet.set(content, HEAD)
  return packet
}

/** Where the bytes of a file begin in a reply with data. */
const DATA_START = HEAD + 4

/** A reply with bytes of a file, which are written into it. */
export class DataReply {
  readonly #packet: Buffer

  /** @param length the most bytes that it may have */
  constructor(id: number, length: number) {
    this.#packet = begin(REPLY.data, id, 4 + length)
  }

  /** The place for the bytes of the file. */
  get bytes(): Buffer {
    return this.#packet.subarray(DATA_START)
  }

  /** @param length of the bytes that have been written */
  finish(length: number): Reply {
    const packet = this.#packet.subarray(0, DATA_START + length)
    packet.writeUInt32BE(packet.length - 4, 0)
    packet.writeUInt32BE(length, HEAD)
    return packet
  }
}

/** A name in a reply, with the line for people and its attributes. */
export interface NameEntry {
  readonly name: string
  readonly long: string
  /** Undefined if nothing is known about it, as for a path that need not exist. */
  readonly entry: Entry | undefined
}

/** The size of a name in a reply. */
export function nameBytes({ name, long, entry }: NameEntry): number {
  return (
    4 + Buffer.byteLength(name) + 4 + Buffer.byteLength(long) + (entry === undefined ? 4 : ATTRIBUTES_BYTES)
  )
}

export function namesReply(id: number, names: readonly NameEntry[]): Reply {
  const packet = begin(
    REPLY.name,
    id,
    names.reduce((sum, name) => sum + nameBytes(name), 4),
  )
  let at = packet.writeUInt32BE(names.length, HEAD)
  for (const { name, long, entry } of names) {
    at = writeString(packet, at, Buffer.from(name))
    at = writeString(packet, at, Buffer.from(long))
    at = entry === undefined ? packet.writeUInt32BE(0, at) : writeAttributes(packet, at, entry)
  }
  return packet
}

/** The answer to the first packet: the version that is spoken, and the extensions that this server has. */
export function versionReply(version: number, extensions: Readonly<Record<string, string>>): Reply {
  const fields = Object.entries(extensions).flatMap(([name, data]) => [stringOf(name), stringOf(data)])
  const packet = begin(
    REPLY.version,
    version,
    fields.reduce((sum, field) => sum + field.length, 0),
  )
  Buffer.concat(fields).copy(packet, HEAD)
  return packet
}

/** A string with its length before it. */
function stringOf(text: string): Buffer {
  const bytes = Buffer.from(text)
  const field = Buffer.allocUnsafe(4 + bytes.length)
  writeString(field, 0, bytes)
  return field
}

/** @param second the id of the request, or the version */
function begin(type: number, second: number, length: number): Buffer {
  const packet = Buffer.allocUnsafe(HEAD + length)
  packet.writeUInt32BE(HEAD - 4 + length, 0)
  packet.writeUInt8(type, 4)
  packet.writeUInt32BE(second, 5)
  return packet
}

/** @returns the offset after the string */
function writeString(packet: Buffer, at: number, bytes: Uint8Array): number {
  packet.set(bytes, packet.writeUInt32BE(bytes.length, at))
  return at + 4 + bytes.length
}
