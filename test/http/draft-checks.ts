/** One request of a check, and what its answer has to be. */
export interface Step {
  readonly method: 'POST' | 'PUT' | 'HEAD' | 'GET' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** The file itself; the upload that the check has begun; or an upload that nobody has begun. */
  readonly to: 'file' | 'upload' | 'unknown'
  readonly fields?: Readonly<Record<string, string>>
  /** The number of bytes in the body. Default: no body. */
  readonly body?: number
  readonly status: number
  /** What fields of the answer are or match; null for those that have to be absent. */
  readonly answer?: Readonly<Record<string, string | RegExp | null>>
  /** Members of the problem that a refusal describes. */
  readonly problem?: Readonly<Record<string, string | number>>
}

export interface Check {
  /** The section of the draft. */
  readonly section: string
  readonly title: string
  /** The length with which an upload is begun before the first step; `unknown` for none; left out if none is begun. */
  readonly begun?: number | 'unknown'
  readonly steps: readonly Step[]
  /** The number of bytes of the file at the end; undefined if there must be none. */
  readonly stored?: number
}

const PARTIAL = { 'content-type': 'application/partial-upload' }
const LIMIT = { 'upload-limit': /^max-age=604[78]\d\d$/ }
const PROBLEM = 'https://iana.org/assignments/http-problem-types#'

function part(offset: number | string, isLast: boolean, more = {}): Step['fields'] & object {
  return { ...PARTIAL, 'upload-offset': String(offset), 'upload-complete': isLast ? '?1' : '?0', ...more }
}

/** A part that is taken. */
function taken(offset: number, body: number): Step {
  return {
    method: 'PATCH',
    to: 'upload',
    fields: part(offset, false),
    body,
    status: 204,
    answer: { 'upload-complete': '?0', 'upload-offset': String(offset + body), location: null },
  }
}

/** The last part, with which the file is new. */
function last(offset: number, body: number): Step {
  return {
    ...taken(offset, body),
    fields: part(offset, true),
    status: 201,
    answer: { 'upload-complete': '?1' },
  }
}

/** Where the upload continues. */
function head(offset: number, length: number | null, isComplete = false): Step {
  return {
    method: 'HEAD',
    to: 'upload',
    status: 204,
    answer: {
      'upload-offset': String(offset),
      'upload-complete': isComplete ? '?1' : '?0',
      'upload-length': length === null ? null : String(length),
      'cache-control': /no-store/,
      location: null,
      ...(isComplete ? { 'upload-limit': 'min-size=0' } : LIMIT),
    },
  }
}

/** A part that is refused. */
function refused(fields: Readonly<Record<string, string>>, body: number, status: number): Step {
  return { method: 'PATCH', to: 'upload', fields, body, status }
}

function mismatch(provided: number, expected: number): Step {
  return {
    ...refused(part(provided, false), 32, 409),
    answer: { 'upload-offset': String(expected), 'upload-complete': '?0' },
    problem: {
      type: `${PROBLEM}mismatching-upload-offset`,
      'expected-offset': expected,
      'provided-offset': provided,
    },
  }
}

const INCONSISTENT = {
  answer: { 'upload-complete': '?0' },
  problem: { type: `${PROBLEM}inconsistent-upload-length` },
} as const
const GONE = { to: 'upload', status: 404 } as const

/**
 * What draft-ietf-httpbis-resumable-upload asks of a server. These are the checks of the conformance tests of
 * tus-java-server, written anew, without those that do not apply here:
 *
 * - limits that this server does not have: max-size, min-append-size, max-append-size;
 * - 400 for `Upload-Offset` or `Upload-Complete` in HEAD: clients must not send them, and servers may ignore them;
 * - the upload of a file that came in one request, after its end: it has a `Location` only for those who know the interim
 *   answer, 104, and `uploads.test.ts` sends those;
 * - `Content-Digest`: RFC 9530 lets a server ignore what it does not know, and this one checks `Repr-Digest` with MD5.
 */
export const CHECKS: readonly Check[] = [
  {
    section: '4.1.1',
    title: 'an offset that is no integer is none',
    begun: 100,
    steps: [refused(part('abc', false), 32, 400), head(0, 100)],
  },
  {
    section: '4.1.3',
    title: 'a length that is no number of bytes is none',
    begun: 'unknown',
    steps: [
      { ...taken(0, 32), fields: part(0, false, { 'upload-length': '-1' }) },
      { ...taken(32, 32), fields: part(32, false, { 'upload-length': '1e3' }) },
      head(64, null),
    ],
  },
  {
    section: '4.1.1',
    title: 'the offset never decreases',
    begun: 100,
    steps: [taken(0, 32), head(32, 100), mismatch(5, 32), head(32, 100)],
  },
  {
    section: '4.1.2',
    title: 'Upload-Complete is a boolean',
    steps: [{ method: 'POST', to: 'file', fields: { 'upload-complete': 'true' }, body: 5, status: 400 }],
  },
  {
    section: '4.1.3',
    title: 'a length that nobody has said is unknown until the end',
    begun: 'unknown',
    steps: [head(0, null), last(0, 32), head(32, 32, true)],
    stored: 32,
  },
  {
    section: '4.1.3',
    title: 'the end of an upload tells its length',
    begun: 'unknown',
    steps: [taken(0, 18), last(18, 32), head(50, 50, true)],
    stored: 50,
  },
  {
    section: '4.1.3',
    title: 'a length that contradicts the body is refused',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?1', 'upload-length': '100' },
        body: 5,
        status: 400,
        ...INCONSISTENT,
      },
    ],
  },
  {
    section: '4.1.3',
    title: 'a length does not change',
    begun: 100,
    steps: [
      { ...refused(part(0, false, { 'upload-length': '50' }), 32, 400), ...INCONSISTENT },
      taken(0, 32),
      head(32, 100),
    ],
  },
  {
    section: '4.1.4',
    title: 'the limits are told, with and without an upload in mind',
    steps: [
      { method: 'OPTIONS', to: 'file', status: 204, answer: LIMIT },
      { method: 'OPTIONS', to: 'file', fields: { 'upload-complete': '?1' }, status: 204, answer: LIMIT },
    ],
  },
  ...(['POST', 'PUT'] as const).map((method) => ({
    section: '4.2',
    title: `${method} stores a whole file`,
    steps: [
      {
        method,
        to: 'file',
        fields: { 'upload-complete': '?1', 'upload-length': '18', 'content-type': 'text/plain' },
        body: 18,
        status: 201,
        answer: { 'upload-complete': '?1' },
      },
    ] as const,
    stored: 18,
  })),
  {
    section: '4.2',
    title: 'the first part may come with the beginning',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?0', 'upload-length': '100', 'content-type': 'text/plain' },
        body: 32,
        status: 201,
        answer: {
          location: /^\/uploads\//,
          'upload-complete': '?0',
          'upload-offset': '32',
          ...LIMIT,
        },
      },
      head(32, 100),
    ],
  },
  {
    section: '4.2.1',
    title: 'nothing need come with the beginning',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?0', 'upload-length': '100' },
        status: 201,
        answer: { location: /^\/uploads\//, 'upload-complete': '?0', ...LIMIT },
      },
      head(0, 100),
    ],
  },
  {
    section: '4.2.1',
    title: 'a file may be empty',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?1', 'upload-length': '0' },
        status: 201,
        answer: { 'upload-complete': '?1' },
      },
    ],
    stored: 0,
  },
  {
    section: '4.2.1',
    title: 'Content-Disposition is no obstacle',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?0', 'content-disposition': 'inline; filename="test.txt"' },
        body: 32,
        status: 201,
      },
    ],
  },
  {
    section: '4.2.2',
    title: 'the interim answer has the same Location, and that of a part has none',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?0', 'upload-draft-interop-version': '8' },
        body: 32,
        status: 201,
        answer: { location: /^\/uploads\// },
      },
      { ...taken(32, 32), fields: part(32, false, { 'upload-draft-interop-version': '8' }) },
    ],
  },
  {
    section: '4.2.2',
    title: 'the length is remembered',
    begun: 200,
    steps: [taken(0, 32), head(32, 200)],
  },
  {
    section: '4.3',
    title: 'GET tells the offset too',
    begun: 100,
    steps: [{ ...head(0, 100), method: 'GET' }],
  },
  {
    section: '4.4.1',
    title: 'a part needs its offset',
    begun: 100,
    steps: [refused({ ...PARTIAL, 'upload-complete': '?0' }, 32, 400), head(0, 100)],
  },
  {
    section: '4.4.1',
    title: 'a part says whether it is the last one',
    begun: 100,
    steps: [refused({ ...PARTIAL, 'upload-offset': '0' }, 32, 400), head(0, 100)],
  },
  {
    section: '4.4.2',
    title: 'a part has a type of its own',
    begun: 100,
    steps: [refused({ ...part(0, false), 'content-type': 'text/plain' }, 32, 415), head(0, 100)],
  },
  {
    section: '4.4.2',
    title: 'a part may be empty',
    begun: 100,
    steps: [taken(0, 0), head(0, 100)],
  },
  {
    section: '4.4.2',
    title: 'the last part may be small, or empty',
    begun: 'unknown',
    steps: [taken(0, 1), last(1, 0)],
    stored: 1,
  },
  {
    section: '4.4.2',
    title: 'an upload that becomes longer than its length is invalid',
    begun: 50,
    steps: [
      { ...refused(part(0, false), 100, 400), answer: { 'upload-complete': '?0' } },
      { method: 'HEAD', ...GONE },
    ],
  },
  {
    section: '4.4.2',
    title: 'an upload that becomes longer by one byte is invalid',
    begun: 50,
    steps: [
      taken(0, 50),
      { ...refused(part(50, false), 1, 400), answer: { 'upload-complete': '?0' } },
      { method: 'HEAD', ...GONE },
    ],
  },
  {
    section: '4.4.2',
    title: 'another offset is refused with the right one',
    begun: 100,
    steps: [mismatch(99, 0), taken(0, 32), mismatch(0, 32), taken(32, 32)],
  },
  {
    section: '4.4.2',
    title: 'nothing is appended to a file',
    begun: 10,
    steps: [
      last(0, 10),
      { ...refused(part(10, false), 0, 409), answer: { 'upload-complete': '?0' } },
      { ...refused(part(10, true), 5, 409), answer: { 'upload-complete': '?0' } },
      mismatch(5, 10),
    ],
    stored: 10,
  },
  {
    section: '4.4.2',
    title: 'whoever has lost the last answer gets it again',
    begun: 10,
    steps: [last(0, 10), last(10, 0), head(10, 10, true)],
    stored: 10,
  },
  {
    section: '4.4.2',
    title: 'a refusal of the whole file says that it is one',
    steps: [
      {
        method: 'POST',
        to: 'file',
        fields: { 'upload-complete': '?0', 'repr-digest': `md5=:${'A'.repeat(22)}==:` },
        status: 201,
      },
      { ...last(0, 10), status: 422 },
    ],
  },
  {
    section: '4.5',
    title: 'an upload that has been given up is gone',
    begun: 100,
    steps: [
      { method: 'DELETE', to: 'upload', status: 204, answer: { location: null } },
      { method: 'HEAD', ...GONE },
      { method: 'PATCH', ...GONE, fields: part(0, false), body: 1 },
      { method: 'DELETE', ...GONE },
    ],
  },
  {
    section: '4.5',
    title: 'what nobody has begun cannot be given up',
    steps: [{ method: 'DELETE', to: 'unknown', status: 404 }],
  },
  {
    section: '10.1',
    title: 'a file goes through all of it',
    begun: 100,
    steps: [taken(0, 32), head(32, 100), last(32, 68), head(100, 100, true)],
    stored: 100,
  },
]
