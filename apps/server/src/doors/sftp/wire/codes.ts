/*
 * The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02), which all clients speak.
 */

/** The types of requests. */
export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const

/** The types of replies. */
export const REPLY = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 201,
} as const

/** The codes of a status. Version 3 has no others; the sentence beside the code says more. */
export const STATUS = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const

/** The flags of an open request. */
export const OPEN = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const

/** The flags that say which attributes follow. */
export const ATTRIBUTE = {
  size: 1,
  owner: 2,
  permissions: 4,
  times: 8,
  extended: 0x80000000,
} as const

/** The largest packet in either direction, in bytes without its length; that of OpenSSH. */
export const MOST_PACKET = 262_144
/** The most bytes of a file in one packet; that of OpenSSH. */
export const MOST_DATA = 261_120
