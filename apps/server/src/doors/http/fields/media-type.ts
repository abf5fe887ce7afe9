import { mimes } from 'mrmime'

/** The type that is sent for a file whose own type is unknown, or could run on our origin. */
const BYTES = 'application/octet-stream'
/**
 * Types whose content no browser runs, or only in a viewer of its own. Files of any other type can only be saved.
 */
const PASSIVE =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon)|audio\/[a-z0-9.+-]+|video\/[a-z0-9.+-]+|text\/plain|application\/pdf)$/
/** Types whose content a browser would run, or read as the code of a worker. */
const ACTIVE = /html|xml|svg|script|ecmascript|wasm|css|manifest/

/** The table of mrmime as a Map: as an object, it would have a type for `constructor`, too. */
const KNOWN = new Map(Object.entries(mimes))

/** How a file is presented to a browser. */
export interface Presentation {
  /** The value of `Content-Type`. */
  readonly type: string
  /** Whether a browser may show it, rather than save it. */
  readonly isShown: boolean
}

/** Decides by the name alone: neither the uploader's claim nor the content counts. */
export function presentationOf(name: string): Presentation {
  const [, extension = ''] = /\.([^.]*)$/.exec(name.toLowerCase()) ?? []
  const known = KNOWN.get(extension) ?? BYTES
  const type = ACTIVE.test(known) ? BYTES : known
  if (type === 'text/plain') return { type: 'text/plain; charset=utf-8', isShown: true }
  return { type, isShown: PASSIVE.test(type) }
}
