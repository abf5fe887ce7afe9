import type { QuotaInfo } from '@ftp/protocol'
import { formatBytes } from './format.ts'

/** The space that an account has left, in words. */
export function quotaSentence({ bytes, files }: QuotaInfo): string {
  const left = [
    ...(bytes === undefined ? [] : [`${formatBytes(remaining(bytes))} of ${formatBytes(bytes.limit)}`]),
    ...(files === undefined ? [] : [`${remaining(files)} of ${files.limit} files`]),
  ]
  return `${left.join(' and ')} left`
}

function remaining({ limit, used }: { readonly limit: number; readonly used: number }): number {
  return Math.max(0, limit - used)
}
