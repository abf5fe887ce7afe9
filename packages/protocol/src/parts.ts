/** A piece of a file: a whole block, or the rest of the file. Its bytes are the frame's payload. */
export interface Data {
  readonly id: number
  readonly type: 'data'
  readonly offset: number
  /** The chaining value after these bytes; where they end the file, the MD5 of the file. */
  readonly md5: string
  /** Nothing follows: the end of the file, or of the range asked for. */
  readonly last?: boolean | undefined
}

/** Chaining values: the payload is 16 bytes for each whole block, the first after the block at `offset`. */
export interface Chain {
  readonly id: number
  readonly type: 'chain'
  readonly offset: number
  readonly last?: boolean | undefined
  /** The MD5 of the whole file, with `last`, where the sender knows it. */
  readonly md5?: string | undefined
}

/** All bytes of the transfer before `offset` are in the receiver's partial. */
export interface Ack {
  readonly id: number
  readonly type: 'ack'
  readonly offset: number
  /** Only a server says it: all bytes before this are verified too, and will not be asked for again. */
  readonly proven?: number | undefined
}
