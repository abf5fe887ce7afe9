import { createHash } from 'node:crypto'
import { printable, TransferError } from '@ftp/protocol'
import type { ServerChannel } from 'ssh2'
import { turn } from '../../../guards/turns.ts'
import { openFile, type ReadableFile } from '../../../share/read-range.ts'
import type { Share } from '../../../share/share.ts'
import { toPath } from '../requests/paths.ts'

/** A question for the digest of a file, or of nothing: with the latter, rclone finds out whether there are answers. */
export interface DigestCommand {
  readonly algorithm: 'md5' | 'sha1'
  readonly path: string | undefined
}

/**
 * Reads `md5sum <path>` or `sha1sum <path>`, as rclone asks.
 * @returns undefined if it is any other command
 */
export function parseDigestCommand(command: string): DigestCommand | undefined {
  const [, algorithm, rest = ''] = /^(md5|sha1)sum(?: +(.+))?$/s.exec(command) ?? []
  if (algorithm !== 'md5' && algorithm !== 'sha1') return undefined
  if (rest === '') return { algorithm, path: undefined }
  const path = unquoted(rest)
  return path === undefined ? undefined : { algorithm, path }
}

/**
 * One word as a shell reads it, without anything that a shell would expand.
 * @returns undefined if it is anything else
 */
function unquoted(word: string): string | undefined {
  const part = /\\(.)|'([^']*)'|"([^"$`\\]*)"|([\p{L}\p{N}\p{M}_.,:/@%+=-]+)/suy
  let text = ''
  while (part.lastIndex < word.length) {
    const match = part.exec(word)
    if (match === null) return undefined
    text += match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''
  }
  return text
}

/** Answers as the command would. Never rejects. */
export async function answerDigest(
  channel: ServerChannel,
  { algorithm, path }: DigestCommand,
  share: () => Promise<Share>,
  signal: AbortSignal,
): Promise<void> {
  try {
    channel.write(`${await digestOf(await share(), { algorithm, path }, signal)}  ${path ?? '-'}\n`)
    channel.exit(0)
  } catch (error) {
    channel.stderr.write(`${algorithm}sum: ${printable(TransferError.from(error).message)}\n`)
    channel.exit(1)
  }
}

async function digestOf(
  share: Share,
  { algorithm, path }: DigestCommand,
  signal: AbortSignal,
): Promise<string> {
  if (path === undefined) return createHash(algorithm).digest('hex')
  await using file = await openFile(share, toPath(path))
  if (algorithm === 'md5') return Buffer.from(await file.computeMd5(signal)).toString('hex')
  return await sha1Of(file, share.blocks.owner, signal)
}

/** No SHA-1 is stored, so the whole file is read. */
async function sha1Of(file: ReadableFile, owner: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha1')
  for await (const { block } of file.read(0, file.entry.size, signal)) {
    using slice = block
    await turn(owner)
    hash.update(slice.bytes)
  }
  return hash.digest('hex')
}
