import { requestListing } from '../api/listing.ts'
import { formatPath, type Path } from '../api/path.ts'

/** The listing that has been asked for before it is known who is logged in. */
let first: { readonly path: string; readonly response: Promise<Response | undefined> } | undefined

/** Asks for the first folder, so that its listing and the session come at the same time. */
export function requestFirstListing(path: Path): void {
  // If it is refused, nobody is logged in, or the folder will say why.
  const response = requestListing(path, new AbortController().signal).catch(() => undefined)
  first = { path: formatPath(path), response }
}

/** @returns the listing, once, if it has been asked for and was not refused */
export async function takeFirstListing(path: Path): Promise<Response | undefined> {
  const taken = first
  first = undefined
  if (taken?.path === formatPath(path)) return await taken.response
  // Unread, it would keep a connection from everything else.
  void taken?.response.then((response) => response?.body?.cancel())
  return undefined
}
