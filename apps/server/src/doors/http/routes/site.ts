import type { PageAssets } from '../../../page/page-assets.ts'

/** What the door knows about this server. */
export interface Site {
  /**
   * The names under which clients may address it, in lower case. Names that exist only in local networks need
   * not be in it.
   */
  readonly names: ReadonlySet<string>
  readonly page: PageAssets
}
