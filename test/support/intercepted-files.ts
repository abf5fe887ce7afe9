import type { FileSystem } from '@ftp/files'

/**
 * Stands between the storage and its files. `proceed` makes the call; the return value is the one that the
 * storage gets.
 */
export type Interceptor = (call: keyof FileSystem, proceed: () => unknown) => unknown

export function intercepted<Files extends FileSystem>(files: Files, intercept: Interceptor): Files {
  return new Proxy(files, {
    get(target, call: keyof FileSystem) {
      const method: unknown = Reflect.get(target, call)
      if (typeof method !== 'function') return method
      return (...given: unknown[]) => intercept(call, () => Reflect.apply(method, target, given))
    },
  })
}
