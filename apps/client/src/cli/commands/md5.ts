import { formatPath } from '@ftp/protocol'
import { requireNames } from '../arguments/habits.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

/** `md5 <remote...>`: prints the MD5 of files on the server, in the format of md5sum. */
export async function md5(context: Context, remotes: readonly string[]): Promise<number> {
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  return await forEach(context, remotes, async (remote) => {
    const path = remotePath(context, remote)
    const { md5, bytes } = await client.md5(path)
    if (context.options.json) writeJson(context, { event: 'md5', path: formatPath(path), md5, bytes })
    else context.stdout.write(`${sumLine(md5, remote)}\n`)
  })
}

/**
 * A line in the format of md5sum(1): in a name, backslashes and line breaks are escaped, and a backslash at
 * the start of the line says so.
 */
function sumLine(md5: string, name: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === name ? '' : '\\'}${md5}  ${escaped}`
}
