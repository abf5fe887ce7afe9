/** A number of bytes and files, either in use or permitted (undefined: no limit). */
export interface Space {
  readonly bytes: number
  readonly files: number
}
export type SpaceLimit = { readonly [K in keyof Space]: Space[K] | undefined }
