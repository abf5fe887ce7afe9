/** Whether a name is one that a file has while it is received, or what guards it: nobody's file yet. */
export function isUnfinished(name: string): boolean {
  return /\.ftp\.(part|lock|whole)$/.test(name)
}
