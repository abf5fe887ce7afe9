/** Whether a name belongs to a file that is still being received, or to its lock. */
export function isUnfinished(name: string): boolean {
  return /\.ftp\.(part|lock|whole)$/.test(name)
}
