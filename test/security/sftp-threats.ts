import { OPEN, REQUEST } from '../../apps/server/src/doors/sftp/wire/codes.ts'
import { NO_ATTRIBUTES, string, uint32, uint64 } from '../support/sftp-client.ts'

/** A request that nobody honest sends, and its answer. */
export interface SftpThreat {
  /** What it is an example of. */
  readonly threat: string
  readonly type: number
  readonly fields: readonly Buffer[]
  /** The names of the statuses that refuse it; or `none`, if it is harmless. */
  readonly status: readonly string[]
}

const GONE = ['noSuchFile']
const REFUSED = ['failure', 'permissionDenied', 'noSuchFile']
const WRITE = OPEN.write | OPEN.create | OPEN.truncate

function each<T>(list: readonly T[], row: (one: T) => SftpThreat | readonly SftpThreat[]): SftpThreat[] {
  return list.flatMap(row)
}

/** Paths that lead to the state of the server, to partials, or that no file has. */
const HIDDEN = [
  '.ftp-server',
  '.ftp-server/state.db',
  '/.FTP-SERVER/identity.pem',
  'd/../.ftp-server/secret',
  '.ftp-part-0123456789abcdef0123456789abcdef',
  'a\nb',
  'a\u202eb',
  `${'x'.repeat(256)}`,
  `${'x/'.repeat(65)}y`,
]

const NAMES = each(HIDDEN, (path) => [
  ...[REQUEST.stat, REQUEST.lstat, REQUEST.opendir, REQUEST.remove, REQUEST.rmdir].map((type) => ({
    threat: 'a name of the server itself, or of nothing',
    type,
    fields: [string(path)],
    status: GONE,
  })),
  ...[OPEN.read, WRITE].map((flags) => ({
    threat: 'a name of the server itself, or of nothing',
    type: REQUEST.open,
    fields: [string(path), uint32(flags), NO_ATTRIBUTES],
    status: REFUSED,
  })),
  {
    threat: 'a name of the server itself, or of nothing',
    type: REQUEST.mkdir,
    fields: [string(path), NO_ATTRIBUTES],
    status: REFUSED,
  },
  {
    threat: 'a name of the server itself, or of nothing',
    type: REQUEST.rename,
    fields: [string('f'), string(path)],
    status: REFUSED,
  },
  {
    threat: 'a name of the server itself, or of nothing',
    type: REQUEST.extended,
    fields: [string('posix-rename@openssh.com'), string(path), string('f')],
    status: REFUSED,
  },
])

/** `..` never leads above the home, so these lead to names that are not there. */
const TRAVERSAL = each(
  ['../../../etc/passwd', '/proc/self/root/etc/passwd', '/etc/passwd', 'd/../../etc/passwd'],
  (path) =>
    [REQUEST.stat, REQUEST.opendir, REQUEST.remove].map((type) => ({
      threat: 'the way out',
      type,
      fields: [string(path)],
      status: GONE,
    })),
)

const ENCODING = each(
  [
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0xc0, 0xaf]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from('a\0b'),
  ],
  (name) => [
    { threat: 'a name that is not UTF-8', type: REQUEST.stat, fields: [string(name)], status: GONE },
    {
      threat: 'a name that is not UTF-8',
      type: REQUEST.open,
      fields: [string(name), uint32(WRITE), NO_ATTRIBUTES],
      status: REFUSED,
    },
  ],
)

const FLAGS = each([0, OPEN.truncate, OPEN.create, OPEN.read | OPEN.create, 64, 0xffffffff], (flags) => ({
  threat: 'flags that mean nothing together',
  type: REQUEST.open,
  fields: [string('f'), uint32(flags), NO_ATTRIBUTES],
  status: ['failure'],
}))

const HANDLES = each(
  [Buffer.alloc(0), Buffer.from('none'), Buffer.alloc(4, 0xff), Buffer.alloc(257), Buffer.alloc(60_000)],
  (handle) => [
    ...[REQUEST.close, REQUEST.readdir, REQUEST.fstat].map((type) => ({
      threat: 'a handle that is not open',
      type,
      fields: [string(handle)],
      status: ['failure'],
    })),
    {
      threat: 'a handle that is not open',
      type: REQUEST.read,
      fields: [string(handle), uint64(0), uint32(1)],
      status: ['failure'],
    },
    {
      threat: 'a handle that is not open',
      type: REQUEST.write,
      fields: [string(handle), uint64(0), string('x')],
      status: ['failure'],
    },
    {
      threat: 'a handle that is not open',
      type: REQUEST.fsetstat,
      fields: [string(handle), NO_ATTRIBUTES],
      status: ['failure'],
    },
  ],
)

const LINKS: readonly SftpThreat[] = [
  {
    threat: 'a link',
    type: REQUEST.symlink,
    fields: [string('/etc/passwd'), string('l')],
    status: ['unsupported'],
  },
  { threat: 'a link', type: REQUEST.readlink, fields: [string('link')], status: ['unsupported'] },
  {
    threat: 'a link',
    type: REQUEST.open,
    fields: [string('link'), uint32(OPEN.read), NO_ATTRIBUTES],
    status: REFUSED,
  },
  {
    threat: 'a link',
    type: REQUEST.open,
    fields: [string('link'), uint32(WRITE), NO_ATTRIBUTES],
    status: REFUSED,
  },
  { threat: 'a link', type: REQUEST.stat, fields: [string('out/passwd')], status: REFUSED },
  { threat: 'a link', type: REQUEST.opendir, fields: [string('out')], status: REFUSED },
  {
    threat: 'a link',
    type: REQUEST.extended,
    fields: [string('hardlink@openssh.com'), string('f'), string('l')],
    status: ['unsupported'],
  },
]

const RENAMES = each(
  [
    ['f', 'd/g'],
    ['d', 'd/below'],
    ['d', 'f'],
    ['f', 'd'],
    ['nothing', 'new'],
    ['f', 'nothing/new'],
  ] as const,
  ([from, to]) => ({
    threat: 'a name that is taken or impossible',
    type: REQUEST.rename,
    fields: [string(from), string(to)],
    status: REFUSED,
  }),
)

const TYPES: readonly SftpThreat[] = [
  { threat: 'the wrong kind', type: REQUEST.remove, fields: [string('d')], status: REFUSED },
  { threat: 'the wrong kind', type: REQUEST.rmdir, fields: [string('f')], status: REFUSED },
  { threat: 'the wrong kind', type: REQUEST.rmdir, fields: [string('d')], status: REFUSED },
  { threat: 'the wrong kind', type: REQUEST.rmdir, fields: [string('')], status: REFUSED },
  { threat: 'the wrong kind', type: REQUEST.opendir, fields: [string('f')], status: GONE },
  { threat: 'the wrong kind', type: REQUEST.mkdir, fields: [string('f'), NO_ATTRIBUTES], status: REFUSED },
  {
    threat: 'the wrong kind',
    type: REQUEST.open,
    fields: [string('d'), uint32(WRITE), NO_ATTRIBUTES],
    status: REFUSED,
  },
  {
    threat: 'the wrong kind',
    type: REQUEST.open,
    fields: [string('f'), uint32(WRITE | OPEN.exclusive), NO_ATTRIBUTES],
    status: REFUSED,
  },
]

/** A size that no file has, another owner, and more attributes than there are. */
const ATTRIBUTES = each(
  [
    Buffer.concat([uint32(1), uint64(2n ** 63n)]),
    Buffer.concat([uint32(1), uint64(2n ** 53n)]),
    Buffer.concat([uint32(2), uint32(0), uint32(0)]),
  ],
  (attributes) => ({
    threat: 'attributes that no file gets',
    type: REQUEST.setstat,
    fields: [string('f'), attributes],
    status: REFUSED,
  }),
)

const BAD_MESSAGES: readonly SftpThreat[] = [
  ...each([REQUEST.open, REQUEST.stat, REQUEST.write, REQUEST.rename, REQUEST.setstat], (type) => [
    { threat: 'a packet that is too short', type, fields: [], status: ['badMessage'] },
    { threat: 'a packet that is too short', type, fields: [uint32(0xffffffff)], status: ['badMessage'] },
  ]),
  {
    threat: 'a packet that is too short',
    type: REQUEST.extended,
    fields: [string('posix-rename@openssh.com'), string('f')],
    status: ['badMessage'],
  },
  {
    threat: 'a packet that is too short',
    type: REQUEST.setstat,
    fields: [string('f'), uint32(0x80000000), uint32(0xffffffff)],
    status: ['badMessage'],
  },
]

const UNKNOWN: readonly SftpThreat[] = [
  ...each([0, 2, 21, 100, 101, 199, 201, 255], (type) => ({
    threat: 'an unknown request',
    type,
    fields: [string('f')],
    status: ['unsupported'],
  })),
  ...each(['fsync@openssh.com', 'nothing@example.com', '__proto__', 'constructor', ''], (name) => ({
    threat: 'an unknown request',
    type: REQUEST.extended,
    fields: [string(name)],
    status: ['unsupported'],
  })),
]

/** Everything that leaves the connection usable. */
export const SFTP_THREATS: readonly SftpThreat[] = [
  ...NAMES,
  ...TRAVERSAL,
  ...ENCODING,
  ...FLAGS,
  ...HANDLES,
  ...LINKS,
  ...RENAMES,
  ...TYPES,
  ...ATTRIBUTES,
  ...BAD_MESSAGES,
  ...UNKNOWN,
]

/** Bytes in a channel after which nothing can be understood, so that the connection ends. */
export const ENDING: readonly { readonly threat: string; readonly bytes: Buffer }[] = [
  { threat: 'an empty packet', bytes: uint32(0) },
  { threat: 'a packet of 256 KiB and a byte', bytes: uint32(262_145) },
  { threat: 'a packet of 2 GiB', bytes: uint32(0x80000000) },
  { threat: 'a packet of 4 GiB', bytes: uint32(0xffffffff) },
  { threat: 'a request before the first packet', bytes: string(Buffer.concat([Buffer.of(17), uint32(1)])) },
  { threat: 'a first packet without a version', bytes: string(Buffer.of(REQUEST.init)) },
]
