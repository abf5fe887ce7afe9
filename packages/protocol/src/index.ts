export { formatBytes } from './bytes.ts'
export { errnoOf, fromErrno, type Place } from './errno.ts'
export {
  type Advice,
  ERROR_CODES,
  type ErrorCode,
  endsConnection,
  type FailureCode,
  isErrorCode,
  LOCAL_CODES,
  type LocalCode,
  listedCode,
  TransferError,
} from './errors.ts'
export {
  encodeFrame,
  encodeHeader,
  type Frame,
  FrameDecoder,
  type FrameLimits,
  type Incoming,
  type TakeMemory,
} from './frame.ts'
export {
  type Compared,
  IF_EXISTS,
  type IfExists,
  judge,
  MAY_SKIP,
  namesFor,
  type Verdict,
} from './if-exists.ts'
export { LIMITS } from './limits.ts'
export * from './messages.ts'
export {
  collisionKey,
  isReservedName,
  nameProblem,
  PARTIAL_PREFIX,
  portabilityProblem,
  printable,
  printableJson,
  STATE_NAME,
} from './names.ts'
export { idOf, parseClientMessage, parseReply } from './parse.ts'
export {
  formatPath,
  HOME,
  joinPath,
  localPath,
  parentPath,
  parsePath,
  quotePath,
  type RemotePath,
  requirePortable,
  resolvePath,
  siblingPath,
} from './path.ts'
export {
  ANONYMOUS_MECHANISM,
  deriveKeys,
  PASSWORD_ITERATIONS,
  preparePassword,
  requireNewPassword,
  SALT_BYTES,
  type ScramKeys,
  type ScramVerifier,
  scramMechanism,
  TLS_EXPORTER,
  verifierOf,
} from './scram.ts'
export { ScramClient, type ScramLogin } from './scram-client.ts'
export { ScramServer } from './scram-server.ts'
export { isSameTime, toMicroseconds, toUtime } from './time.ts'
export { passedAfter, TokenBucket } from './token-bucket.ts'
export { ANONYMOUS, foldUserName, userNameProblem } from './user-name.ts'
export { ALPN, DEFAULT_PORT, DISCOVERY_TYPE, negotiate, PROTOCOL_VERSION, VERSION } from './version.ts'
