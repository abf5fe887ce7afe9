/*
 * The messages of FTX 1 as they stand in frame headers; PROTOCOL.md says what they mean. Units: sizes, lengths
 * and offsets are bytes, times are microseconds since 1970-01-01 UTC, chaining values and MD5s are 32 lower-case
 * hex digits, paths are as RemotePath has them on the wire.
 */

export * from './account.ts'
export * from './entry.ts'
export type * from './parts.ts'
export type * from './replies.ts'
export type * from './requests.ts'
