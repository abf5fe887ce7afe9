/**
 * Makes a value when somebody first needs it. A format takes the browser some milliseconds, and the first requests of the
 * page should not wait for it.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
