import { localPath, type RemotePath, type ScramVerifier, TransferError } from '@ftp/protocol'
import * as v from 'valibot'

/** What a link shares: a file or a folder to read, or a folder into which guests may only put files. */
export const LINK_KINDS = ['file', 'folder', 'upload'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** The properties of a new link that somebody chooses. */
export interface NewLink {
  readonly account: string
  /** The path, from the root. */
  readonly path: RemotePath
  readonly kind: LinkKind
  /** Microseconds since 1970; undefined for never. */
  readonly expires: number | undefined
  readonly mostUses: number | undefined
  /** The verifier of the link's password, if it has one. */
  readonly verifier: ScramVerifier | undefined
}

/** A link as it is stored, without its secret. Times are in microseconds since 1970. */
export interface LinkRecord extends NewLink {
  readonly id: string
  readonly created: number
  readonly uses: number
  readonly used: number | undefined
}

const number = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? undefined),
)
const bytes = v.nullable(v.instance(Uint8Array))
const schema = v.pipe(
  v.object({
    id: v.string(),
    account: v.string(),
    path: v.pipe(
      v.string(),
      v.transform((path) => localPath(path === '' ? [] : path.split('/'))),
    ),
    kind: v.picklist(LINK_KINDS),
    created: v.number(),
    expires: number,
    most_uses: number,
    uses: v.number(),
    used: number,
    salt: bytes,
    iterations: number,
    stored_key: bytes,
    server_key: bytes,
  }),
  v.transform(({ most_uses: mostUses, salt, iterations, stored_key, server_key, ...rest }): LinkRecord => {
    const hasPassword =
      salt !== null && iterations !== undefined && stored_key !== null && server_key !== null
    const verifier = hasPassword
      ? { salt, iterations, storedKey: stored_key, serverKey: server_key }
      : undefined
    return { ...rest, mostUses, verifier }
  }),
)

/** Parses a row of the table of links. @throws TransferError `io` if it is damaged */
export function parseLink(row: unknown): LinkRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's share links are damaged; restore its state from a backup")
  return result.output
}
