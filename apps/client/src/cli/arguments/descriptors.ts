const STANDARD: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }

/**
 * The descriptor of this process that a path such as `/dev/stdout` or `/dev/fd/3` stands for. It has to be
 * used itself: a file that is put in its place would replace the one that it leads to, and opening the path
 * would begin at the start of that file.
 */
export function descriptorOf(file: string | undefined): number | undefined {
  if (file === undefined) return undefined
  if (Object.hasOwn(STANDARD, file)) return STANDARD[file]
  const digits = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(file)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
