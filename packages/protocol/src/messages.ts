/*
 * The messages of FTX 1, as in frame headers; PROTOCOL.md explains their meaning. Sizes, lengths and offsets
 * are in bytes, times in microseconds since 1970-01-01 UTC. Chaining values and MD5s are 32 lower-case hex
 * digits. Paths have the form that RemotePath defines for the wire.
 */

export { type AccountInfo, PERMISSIONS, type Permission, type QuotaInfo } from './account.ts'
export { LINK_ACCESS, type LinkAccess, type ShareLink, type Token } from './credentials.ts'
export { type Entry, type EntryType, entryTypeOf } from './entry.ts'
export type { Refusal } from './outcomes.ts'
export type { Chain, Data } from './parts.ts'
export type { FileReply, FilesReply, OutcomesReply, Reply, UnfinishedUpload } from './replies.ts'
export type {
  ClientMessage,
  ClientPart,
  DigestRequest,
  FollowRequest,
  GetRequest,
  MgetRequest,
  MputRequest,
  PutRequest,
  Request,
  SentRequest,
  SentWholePut,
  WholePut,
} from './requests.ts'
