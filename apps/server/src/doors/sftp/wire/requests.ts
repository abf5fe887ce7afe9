import { readAttributes, type WantedAttributes } from './attributes.ts'
import { REQUEST } from './codes.ts'
import { BadMessage, Fields } from './fields.ts'

/** What a client asks for. Paths are as it has sent them; undefined if they are not UTF-8. */
export type Request =
  | {
      readonly type: 'open'
      readonly path: string | undefined
      readonly flags: number
      readonly attributes: WantedAttributes
    }
  | { readonly type: 'close'; readonly handle: Buffer }
  | { readonly type: 'readdir'; readonly handle: Buffer }
  | { readonly type: 'fstat'; readonly handle: Buffer }
  | {
      readonly type: 'read'
      readonly handle: Buffer
      readonly offset: number | undefined
      readonly length: number
    }
  | {
      readonly type: 'write'
      readonly handle: Buffer
      readonly offset: number | undefined
      readonly data: Buffer
    }
  | { readonly type: 'stat'; readonly path: string | undefined }
  | { readonly type: 'lstat'; readonly path: string | undefined }
  | { readonly type: 'opendir'; readonly path: string | undefined }
  | { readonly type: 'remove'; readonly path: string | undefined }
  | { readonly type: 'rmdir'; readonly path: string | undefined }
  | { readonly type: 'mkdir'; readonly path: string | undefined }
  | { readonly type: 'realpath'; readonly path: string | undefined }
  | { readonly type: 'readlink'; readonly path: string | undefined }
  | { readonly type: 'setstat'; readonly path: string | undefined; readonly attributes: WantedAttributes }
  | { readonly type: 'fsetstat'; readonly handle: Buffer; readonly attributes: WantedAttributes }
  | { readonly type: 'rename'; readonly from: string | undefined; readonly to: string | undefined }
  | { readonly type: 'symlink' }
  | { readonly type: 'extended'; readonly name: string; readonly fields: Fields }
  | { readonly type: 'unknown' }

/** A request, or what is wrong with it. */
export interface NumberedRequest {
  readonly id: number
  readonly request: Request | BadMessage
  /** The size of its packet in bytes. */
  readonly size: number
}

/** Reads the first packet of a client. @throws BadMessage if it is not one @returns the client's version */
export function readInit(packet: Buffer): number {
  const fields = new Fields(packet)
  if (fields.uint8() !== REQUEST.init) throw new BadMessage('the first packet is not INIT')
  return fields.uint32()
}

/** @throws BadMessage if the packet does not even have an id, so that it cannot be answered */
export function readRequest(packet: Buffer): NumberedRequest {
  const fields = new Fields(packet)
  const type = fields.uint8()
  const id = fields.uint32()
  const size = packet.length
  try {
    return { id, size, request: readFields(type, fields) }
  } catch (error) {
    if (error instanceof BadMessage) return { id, size, request: error }
    throw error
  }
}

/** @throws BadMessage */
function readFields(type: number, fields: Fields): Request {
  switch (type) {
    case REQUEST.open:
      return { type: 'open', path: fields.text(), flags: fields.uint32(), attributes: readAttributes(fields) }
    case REQUEST.close:
      return { type: 'close', handle: fields.bytes() }
    case REQUEST.read:
      return { type: 'read', handle: fields.bytes(), offset: fields.uint64(), length: fields.uint32() }
    case REQUEST.write:
      return { type: 'write', handle: fields.bytes(), offset: fields.uint64(), data: fields.bytes() }
    case REQUEST.lstat:
      return { type: 'lstat', path: fields.text() }
    case REQUEST.fstat:
      return { type: 'fstat', handle: fields.bytes() }
    case REQUEST.setstat:
      return { type: 'setstat', path: fields.text(), attributes: readAttributes(fields) }
    case REQUEST.fsetstat:
      return { type: 'fsetstat', handle: fields.bytes(), attributes: readAttributes(fields) }
    case REQUEST.opendir:
      return { type: 'opendir', path: fields.text() }
    case REQUEST.readdir:
      return { type: 'readdir', handle: fields.bytes() }
    case REQUEST.remove:
      return { type: 'remove', path: fields.text() }
    case REQUEST.mkdir:
      return { type: 'mkdir', path: fields.text() }
    case REQUEST.rmdir:
      return { type: 'rmdir', path: fields.text() }
    case REQUEST.realpath:
      return { type: 'realpath', path: fields.text() }
    case REQUEST.stat:
      return { type: 'stat', path: fields.text() }
    case REQUEST.rename:
      return { type: 'rename', from: fields.text(), to: fields.text() }
    case REQUEST.readlink:
      return { type: 'readlink', path: fields.text() }
    case REQUEST.symlink:
      return { type: 'symlink' }
    case REQUEST.extended:
      return { type: 'extended', name: fields.text() ?? '', fields }
    default:
      return { type: 'unknown' }
  }
}
