const STANDARD: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }

/**
 * The descriptor of this process that a path such as `/dev/stdout` or `/dev/fd/3` stands for. The descriptor
 * itself must be used: a file renamed to this path would replace the file behind it, and opening the path
 * would start at the beginning of that file.
 */
export function descriptorOf(file: string | undefined): number | undefined {
  if (file === undefined) return undefined
  if (Object.hasOwn(STANDARD, file)) return STANDARD[file]
  const digits = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(file)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
