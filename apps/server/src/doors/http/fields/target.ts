import { LIMITS, parsePath, type RemotePath, TransferError } from '@ftp/protocol'

/** The resource that a request is about. */
export type Resource =
  /** `/`, the page. */
  | { readonly type: 'page' }
  /** `/assets/<name>`: a file that belongs to the page. */
  | { readonly type: 'asset'; readonly name: string }
  | { readonly type: 'health' }
  /** `/files/…`: a file or folder. */
  | { readonly type: 'files'; readonly path: RemotePath; readonly isFolder: boolean }
  /** `/s/<secret>/…`: what a share link shares, and what is in it. */
  | {
      readonly type: 'link'
      readonly secret: string
      readonly path: RemotePath
      readonly isFolder: boolean
    }
  /** `/session`: the session of a browser. */
  | { readonly type: 'session' }
  /** `/password`: that of the account. */
  | { readonly type: 'password' }
  /** `/sessions`, `/tokens`, `/shares`: what belongs to the account; or one of them, by its id or name. */
  | { readonly type: OwnKind; readonly id: string | undefined }
  /** `/uploads`: the unfinished uploads of the account. */
  | { readonly type: 'uploads' }
  /** `/uploads/<id>`: an unfinished upload. */
  | { readonly type: 'upload'; readonly id: string }
  /** `/uploads/<id>/chain` */
  | { readonly type: 'upload-chain'; readonly id: string }
  /** Nothing has this path. */
  | { readonly type: 'nothing' }

const OWN_KINDS = ['sessions', 'tokens', 'shares'] as const
type OwnKind = (typeof OWN_KINDS)[number]

/**
 * The upload of a guest that a path below a share link for uploads names: `uploads/<id>`, or its chain.
 * @returns undefined if the path has another form
 */
export function guestUpload(
  path: RemotePath,
): { readonly id: string; readonly isChain: boolean } | undefined {
  const [first, id = '', part, ...rest] = path
  if (first !== 'uploads' || !UPLOAD_ID.test(id) || rest.length > 0) return undefined
  if (part !== undefined && part !== 'chain') return undefined
  return { id, isChain: part !== undefined }
}

/** A parsed request target: the parts before and after the first question mark. */
export interface Target {
  readonly resource: Resource
  readonly query: URLSearchParams
}

const ASSET = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const UPLOAD_ID = /^[0-9a-f]{32}$/
/** The form of a secret; only the server's state knows which secrets are valid. */
const LINK = /^[A-Za-z0-9_-]{8,128}$/
/** The maximum length of a target. Each byte of a path may take three characters. */
const LONGEST = 3 * LIMITS.path + 1_024

/**
 * Parses the target of a request. It has to begin with a slash: an absolute URL names a host that nobody has
 * checked. Each name between slashes is decoded once, alone, and then has to be one name, so no spelling of
 * `..` or of a slash has a special meaning.
 * @throws TransferError `name` if a name or its encoding is not allowed, `too_large`
 */
export function parseTarget(target: string): Target {
  if (target.length > LONGEST) throw new TransferError('too_large', 'the path is too long')
  if (!target.startsWith('/')) throw new TransferError('name', 'the target of a request begins with a slash')
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(target) ?? []
  if (/[#\\]/.test(path))
    throw new TransferError('name', 'a path contains a character that has to be encoded')
  return { resource: resourceOf(path), query: new URLSearchParams(query) }
}

function resourceOf(path: string): Resource {
  const [, first, ...rest] = path.split('/')
  if (first === 'files') return { type: 'files', ...parseNames(rest) }
  const [id = '', part] = rest
  if (first === 's' && LINK.test(id)) return { type: 'link', secret: id, ...parseNames(rest.slice(1)) }
  if (first === 'uploads' && UPLOAD_ID.test(id)) {
    if (rest.length === 1) return { type: 'upload', id }
    if (rest.length === 2 && part === 'chain') return { type: 'upload-chain', id }
  }
  if (first === 'assets' && rest.length === 1 && ASSET.test(id)) return { type: 'asset', name: id }
  const own = OWN_KINDS.find((kind) => kind === first)
  if (own !== undefined && rest.length < 2) return { type: own, id: rest[0] && decodeText(rest[0]) }
  if (rest.length > 0) return { type: 'nothing' }
  switch (first) {
    case '':
      return { type: 'page' }
    case 'health':
    case 'session':
    case 'password':
    case 'uploads':
      return { type: first }
    default:
      return { type: 'nothing' }
  }
}

/**
 * The path of a URL of ours, absolute or not, as in the header `Destination`.
 * @param host of the request: an absolute URL has to name the same one
 * @returns undefined if it does not lead to our files
 * @throws TransferError `name`
 */
export function parseDestination(destination: string, host: string): RemotePath | undefined {
  const [, authority, path = destination] = /^https?:\/\/([^/?#]*)(\/.*)$/i.exec(destination) ?? []
  if (authority !== undefined && authority.toLowerCase() !== host.toLowerCase()) return undefined
  const { resource } = parseTarget(path)
  return resource.type === 'files' ? resource.path : undefined
}

/** @param encoded the names as they were sent; an empty last one marks a folder */
function parseNames(encoded: readonly string[]): { path: RemotePath; isFolder: boolean } {
  const isFolder = encoded.length === 0 || encoded.at(-1) === ''
  const names = (isFolder ? encoded.slice(0, -1) : encoded).map(decode)
  return { path: parsePath(names.join('/')), isFolder }
}

function decode(segment: string): string {
  const name = decodeText(segment)
  // The path parser would split such a name, and would skip an empty one.
  if (name === '' || name.includes('/'))
    throw new TransferError('name', 'a name is empty or contains a slash')
  return name
}

function decodeText(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new TransferError('name', 'a path is not valid UTF-8, percent-encoded', { cause })
  }
}

/** The path of the URL of a file or folder. @param base the URL of the folder at which `path` begins */
export function urlOf(path: readonly string[], isFolder = false, base = '/files'): string {
  const names = path.map((name) => encodeURIComponent(name))
  return `${base}${names.map((name) => `/${name}`).join('')}${isFolder ? '/' : ''}`
}
