/** A request that nobody honest sends, and its answer. */
export interface HttpThreat {
  /** What it is an example of. */
  readonly threat: string
  readonly method: string
  /** Below the files that the sender sees; with one slash more, something of the server itself: `//session`. */
  readonly target: string
  readonly fields?: readonly string[]
  readonly body?: string
  readonly status: number
  /** Whether it is refused before anybody is asked who they are, so that the answer is the same for everyone. */
  readonly isAtOnce?: boolean
  /** Whether 403 is right, too: it concerns an account, which not every sender has or has proven. */
  readonly isOfAccount?: boolean
  /** Whether guests of a link to send may do it: what they send replaces nothing, so it is stored under a free name. */
  readonly isGuests?: boolean
}

const WRITES = ['PUT', 'POST', 'DELETE', 'MKCOL', 'MOVE', 'COPY'] as const
const TO_NEW = ['Destination: /files/new']

function each<T>(list: readonly T[], row: (one: T) => HttpThreat | readonly HttpThreat[]): HttpThreat[] {
  return list.flatMap(row)
}

/** The changes to an account. */
const ACCOUNT = [
  ['POST', '//session'],
  ['DELETE', '//session'],
  ['DELETE', '//sessions/x'],
  ['PUT', '//password'],
  ['POST', '//tokens'],
  ['DELETE', '//tokens/x'],
  ['POST', '//shares'],
  ['DELETE', '//shares/x'],
] as const

/** Whatever a page of another site can make a browser send. */
const CROSS_SITE = each(
  [
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Site: same-site',
    'Sec-Fetch-Site: nonsense',
    'Origin: https://evil.test',
    'Origin: null',
    'Origin: https://nas.evil.test',
  ],
  (field) => [
    ...WRITES.map((method) => ({
      threat: 'a page of another site',
      method,
      target: '/f',
      fields: [field, ...TO_NEW],
      status: 403,
      isAtOnce: true,
    })),
    ...ACCOUNT.map(([method, target]) => ({
      threat: 'a page of another site',
      method,
      target,
      fields: [field],
      status: 403,
      isAtOnce: true,
    })),
    ...['PATCH', 'DELETE'].map((method) => ({
      threat: 'a page of another site',
      method,
      target: `//uploads/${'0'.repeat(32)}`,
      fields: [field],
      status: 403,
      isAtOnce: true,
    })),
  ],
)

/** A name that an attacker has made to lead here. */
const REBOUND = each(['GET', 'HEAD', 'PUT', 'DELETE', 'MKCOL', 'OPTIONS'], (method) =>
  ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test', 'nas.local.evil.test:7021'].map((host) => ({
    threat: 'a name that leads here',
    method,
    target: '/f',
    fields: [`Host: ${host}`],
    status: 421,
    isAtOnce: true,
  })),
)

/** Spellings of the way out, and of slashes inside names. */
const TRAVERSAL = each(
  [
    '/../f',
    '/%2e%2e/f',
    '/%2E%2E/f',
    '/.%2e/f',
    '/..%2ff',
    '/d/../f',
    '/d/./g',
    '/d%2fg',
    '/d%2Fg',
    '/d\\g',
    '//f',
    '/d//g',
    '/d/%2Fetc%2Fpasswd',
    '/%2fetc%2fpasswd',
    '/%2e/f',
  ],
  (target) =>
    each(['GET', 'PUT', 'DELETE', 'MKCOL'], (method) => below('ways out of the folder', method, target)),
)

/** Slashes of Windows: a name that is not there, and that cannot be stored. */
const BACKSLASHES = each(['/..%5cf', '/d%5cg', '/..%5c..%5cf'], (target) =>
  (
    [
      ['GET', 404],
      ['DELETE', 404],
      ['PUT', 400],
      ['MKCOL', 400],
    ] as const
  ).map(([method, status]) => ({ threat: 'ways out of the folder', method, target, status })),
)

/** Names whose bytes are no text, or whose encoding is none. */
const ENCODINGS = each(
  [
    '/%c0%af',
    '/%c0%ae%c0%ae/f',
    '/%ff',
    '/%ed%a0%80',
    '/%00',
    '/f%00.txt',
    '/%',
    '/%2',
    '/%zz',
    '/%u2215',
    '/%0a',
    '/%1b',
  ],
  (target) => each(['GET', 'PUT', 'DELETE'], (method) => below('names that are no text', method, target)),
)

/** Names that a system that stores them would take for something else. */
const NAMES = each(
  ['/CON', '/nul.txt', '/a.', '/a%20', '/a::$DATA', '/a:b', '/a%3f', '/a%22', `/${'x'.repeat(256)}`],
  (target) =>
    each(['PUT', 'MKCOL'], (method) => ({
      threat: 'names that are something else on Windows',
      method,
      target,
      status: 400,
    })),
)

/** What belongs to the server itself. */
const STATE = each(['/.ftp-server', '/.ftp-server/state.db', `/.ftp-part-${'0'.repeat(32)}`], (target) => [
  ...each(['GET', 'PUT', 'DELETE', 'MKCOL', 'COPY', 'MOVE'], (method) =>
    below('what belongs to the server', method, target, TO_NEW),
  ),
  below('what belongs to the server', 'GET', `${target}?zip`),
  ...each(['COPY', 'MOVE'], (method) =>
    below('what belongs to the server', method, '/f', [`Destination: /files${target}`]),
  ),
])

function below(threat: string, method: string, target: string, fields: readonly string[] = []): HttpThreat {
  return {
    threat,
    method,
    target,
    fields,
    status: 400,
    isAtOnce: !fields.some((one) => /files\/\./.test(one)),
  }
}

/** Bodies that are not the file. */
const BODIES: readonly HttpThreat[] = [
  { field: 'Content-Encoding: gzip', status: 415 },
  { field: 'Content-Encoding: br, identity', status: 415 },
  { field: 'Content-Range: bytes 0-1/2', status: 400 },
  { field: 'Transfer-Encoding: gzip, chunked', status: 501 },
  { field: 'Expect: something', status: 417 },
].map(({ field, status }) => ({
  threat: 'a body that is not the file',
  method: 'PUT',
  target: '/f',
  fields: [field],
  status,
  isAtOnce: true,
}))

/** Digests and conditions that do not hold. */
const CONDITIONS: readonly HttpThreat[] = [
  ...[
    ['Content-MD5: AAAA', 400],
    ['Content-MD5: !!!!!!!!!!!!!!!!!!!!!!==', 400],
    ['Repr-Digest: md5=:AAAA:', 400],
    ['Repr-Digest: md5', 400],
    ['Repr-Digest: md5=:AAAAAAAAAAAAAAAAAAAAAA==:, md5=:AAAAAAAAAAAAAAAAAAAAAA==:', 400],
    ['Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==', 422],
    ['Repr-Digest: md5=:AAAAAAAAAAAAAAAAAAAAAA==:', 422],
    ['If-Match: "other"', 412],
    ['If-Match: W/"other"', 412],
    ['If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 412],
  ].map(([field, status]) => ({
    threat: 'a digest or condition that does not hold',
    method: 'PUT',
    target: '/f',
    fields: [String(field)],
    body: 'x',
    status: Number(status),
  })),
  {
    threat: 'a digest or condition that does not hold',
    method: 'PUT',
    target: '/f',
    fields: ['If-None-Match: *'],
    body: 'x',
    status: 412,
    isGuests: true,
  },
  {
    threat: 'a digest or condition that does not hold',
    method: 'PUT',
    target: '/none',
    fields: ['If-Match: *'],
    body: 'x',
    status: 412,
  },
  {
    threat: 'a digest or condition that does not hold',
    method: 'PUT',
    target: '/empty',
    fields: ['Repr-Digest: md5=:AAAAAAAAAAAAAAAAAAAAAA==:'],
    status: 422,
  },
]

/** Uploads that were never begun, or begin with nonsense. */
const UPLOADS: readonly HttpThreat[] = [
  ...each(['HEAD', 'GET', 'DELETE'], (method) => ({
    threat: 'uploads that nobody has begun',
    method,
    target: `//uploads/${'0'.repeat(32)}`,
    status: 404,
  })),
  {
    threat: 'uploads that nobody has begun',
    method: 'PATCH',
    target: `//uploads/${'0'.repeat(32)}`,
    fields: ['Content-Type: application/partial-upload', 'Upload-Offset: 0', 'Upload-Complete: ?1'],
    body: 'x',
    status: 404,
  },
  ...each(['POST', 'PUT'], (method) =>
    [['Upload-Complete: ?0', 'Upload-Offset: 5'], ['Upload-Complete: true'], ['Upload-Complete: ?2']].map(
      (fields) => ({ threat: 'uploads that nobody has begun', method, target: '/new', fields, status: 400 }),
    ),
  ),
  {
    threat: 'uploads that nobody has begun',
    method: 'POST',
    target: '/new',
    fields: ['Upload-Complete: ?1', 'Upload-Length: 2'],
    body: 'x',
    status: 400,
  },
  { threat: 'uploads that nobody has begun', method: 'POST', target: '/new', body: 'x', status: 400 },
]

/** Destinations that are none. */
const DESTINATIONS = each(['MOVE', 'COPY'], (method) =>
  (
    [
      ['https://evil.test/files/new', 502],
      ['http://nas@evil.test/files/new', 502],
      ['//evil.test/files/new', 502],
      ['/uploads/x', 502],
      ['/files/../new', 400],
      ['/files/%2e%2e/new', 400],
      ['/files/d%2fnew', 400],
      ['files/new', 400],
      ['/files/d', 403],
      ['/files/d/inside', 400],
      ['/files/none/new', 409],
    ] as const
  ).map(([destination, status]) => ({
    threat: 'destinations and methods',
    method,
    target: '/d',
    fields: [`Destination: ${destination}`],
    status,
  })),
)

/** Changes to an account that its sender has no right to, or that are none. */
const CHANGES: readonly HttpThreat[] = [
  ...each(['POST //tokens', 'POST //shares'], (line) => {
    const [method = '', target = ''] = line.split(' ')
    const bodies = ['', '{', '[]', '{"name":1}', '{"__proto__":{}}', `{"name":"${'x'.repeat(65)}","y":0}`]
    return bodies.map((body) => ({
      threat: 'changes to an account',
      isOfAccount: true,
      ...{ method, target, body, status: 400 },
      fields: ['Content-Type: application/json'],
    }))
  }),
  ...each(['//tokens', '//shares', '//password'], (target) => ({
    threat: 'changes to an account',
    isOfAccount: true,
    ...{ method: target === '//password' ? 'PUT' : 'POST', target, body: 'name=x', status: 415 },
    fields: ['Content-Type: application/x-www-form-urlencoded'],
  })),
  ...each(['//tokens/none', '//shares/none', '//sessions/none'], (target) => ({
    threat: 'changes to an account',
    isOfAccount: true,
    ...{ method: 'DELETE', target, status: 404 },
  })),
  ...each(['//tokens/%ff', '//shares/%', '//tokens/%c0%af'], (target) => ({
    threat: 'changes to an account',
    isOfAccount: true,
    ...{ method: 'DELETE', target, status: 400, isAtOnce: true },
  })),
  ...each(['//tokens/a/b', '//password/x', '//session/x', '//uploads/none'], (target) => ({
    threat: 'changes to an account',
    isOfAccount: true,
    ...{ method: 'DELETE', target, status: 404, isAtOnce: true },
  })),
]

const OTHERS: readonly HttpThreat[] = [
  ...each(['PROPFIND', 'PROPPATCH', 'LOCK', 'TRACE', 'PATCH'], (method) => ({
    threat: 'destinations and methods',
    method,
    target: '/f',
    body: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    status: 405,
    isAtOnce: true,
  })),
  { threat: 'destinations and methods', method: 'MKCOL', target: '/new', body: '<x/>', status: 415 },
  {
    threat: 'a script that outlives its page',
    method: 'GET',
    target: '/f',
    fields: ['Service-Worker: script'],
    status: 403,
  },
  {
    threat: 'a body that is not the file',
    method: 'GET',
    target: '/f',
    fields: [`If-None-Match: ${'"x", '.repeat(4_000)}"y"`],
    status: 431,
    isAtOnce: true,
  },
]

export const HTTP_THREATS: readonly HttpThreat[] = [
  ...CROSS_SITE,
  ...REBOUND,
  ...TRAVERSAL,
  ...BACKSLASHES,
  ...ENCODINGS,
  ...NAMES,
  ...STATE,
  ...BODIES,
  ...CONDITIONS,
  ...UPLOADS,
  ...DESTINATIONS,
  ...CHANGES,
  ...OTHERS,
]
