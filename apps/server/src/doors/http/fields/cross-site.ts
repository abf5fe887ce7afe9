/** The headers with which a browser says on whose behalf it sends a request. */
export interface FetchHeaders {
  readonly secFetchSite?: string | undefined
  readonly origin?: string | undefined
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a page of another site may have caused this request and it could change something. A browser adds
 * passwords it has stored to any request, and needs none on an anonymous server, so every write has to come
 * from our own page, from the person, or from a program that is no browser and sends neither header.
 * @param own the origin of this server as the browser sees it, such as `https://nas:7021`
 */
export function isForeignWrite(method: string, { secFetchSite, origin }: FetchHeaders, own: string): boolean {
  if (READING.has(method)) return false
  if (secFetchSite !== undefined) return secFetchSite !== 'same-origin' && secFetchSite !== 'none'
  return origin !== undefined && origin.toLowerCase() !== own.toLowerCase()
}
