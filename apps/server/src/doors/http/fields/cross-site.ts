/** The headers with which a browser says on whose behalf it sends a request. */
export interface FetchHeaders {
  readonly secFetchSite?: string | undefined
  readonly origin?: string | undefined
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether this request could change something and may have been caused by a page of another site. A browser
 * adds stored passwords to any request, and an anonymous server needs none. So every write has to come from
 * our own page, directly from the user, or from a program that is not a browser and sends neither header.
 * @param own the origin of this server as the browser sees it, such as `https://nas:7021`
 */
export function isForeignWrite(method: string, { secFetchSite, origin }: FetchHeaders, own: string): boolean {
  if (READING.has(method)) return false
  if (secFetchSite !== undefined) return secFetchSite !== 'same-origin' && secFetchSite !== 'none'
  return origin !== undefined && origin.toLowerCase() !== own.toLowerCase()
}
