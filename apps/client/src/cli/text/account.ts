import { type AccountInfo, printable } from '@ftp/protocol'
import { formatBytes } from './format.ts'

/** The permissions of an account and the space it has left, one line each. */
export function accountText({ permissions, home, quota }: AccountInfo): string {
  const { bytes, files } = quota ?? {}
  const rows = [
    ['may', permissions.length === 0 ? 'do nothing' : permissions.map(printable).join(', ')],
    ['home', printable(home)],
    ...(bytes === undefined ? [] : [['space', left(bytes, formatBytes)]]),
    ...(files === undefined ? [] : [['files', left(files, String)]]),
  ]
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(6)} ${value}\n`).join('')
}

function left(
  { limit, used }: { readonly limit: number; readonly used: number },
  format: (value: number) => string,
): string {
  return `${format(Math.max(0, limit - used))} left of ${format(limit)}`
}
