import fs from 'node:fs'
import path from 'node:path'
import { printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { type Context, localPath, remotePath } from '../command-context.ts'
import { isRemoteDirectory } from './remote-directory.ts'

/*
 * What people who know cp and scp are used to typing: the target as the last argument, `server:path`,
 * patterns for names on the server. For each, one sentence says which command to type, before any file moves.
 */

const PATTERN = /[*?[]/
/** A path on a server, as scp writes it. A local path has a slash before its first colon. */
const ON_SERVER = /^(?<server>[^/:\\]{2,}):(?<path>.*)$/
/** A word that every shell leaves as it is. */
const PLAIN = /^[\w@%+=:,./~-]+$/

/** @throws TransferError `usage` if the last argument of `put` must be meant as the target on the server */
export async function requireSources(
  context: Context,
  client: Client,
  locals: readonly string[],
  to: string | undefined,
): Promise<void> {
  const last = locals.at(-1)
  if (to !== undefined || last === undefined || locals.length < 2 || exists(context, last)) return
  const { server, path: there = last } = ON_SERVER.exec(last)?.groups ?? {}
  const isTarget =
    server !== undefined || last.endsWith('/') || (await isDirectoryThere(context, client, last))
  if (!isTarget) return
  const command = [...serverOption(server), 'put', ...locals.slice(0, -1), '--to', there === '' ? '/' : there]
  throw new TransferError(
    'usage',
    `"${printable(last)}" is not here; ${advice(context, command, 'store into it on the server')}`,
  )
}

/** @throws TransferError `usage` if the last argument of `get` must be meant as the target here */
export async function requireRemotes(
  context: Context,
  client: Client,
  remotes: readonly string[],
  { output, recursive }: { readonly output: string | undefined; readonly recursive: boolean },
): Promise<void> {
  const [first = '', last = ''] = [remotes[0], remotes.at(-1)]
  const { server, path: there = '' } = ON_SERVER.exec(first)?.groups ?? {}
  const isLast = output === undefined && remotes.length > 1
  const target = isLast && (last.endsWith('/') || isFolderHere(context, last)) ? last : undefined
  if (server !== undefined && !(await existsThere(context, client, first))) {
    const rest = remotes.slice(1, target === undefined ? undefined : -1)
    const command = [
      ...serverOption(server),
      'get',
      there,
      ...rest,
      ...(target === undefined ? [] : ['-o', target]),
    ]
    throw new TransferError(
      'usage',
      `"${printable(first)}" is not on the server; ${advice(context, command, `fetch from ${printable(server)}`)}`,
    )
  }
  if (target === undefined) return
  const isThere = recursive
    ? await existsThere(context, client, target)
    : (await existsThere(context, client, target)) && !(await isDirectoryThere(context, client, target))
  if (isThere) return
  const command = ['get', ...(recursive ? ['-r'] : []), ...remotes.slice(0, -1), '-o', target]
  throw new TransferError(
    'usage',
    `"${printable(target)}" is not a file on the server; ${advice(context, command, 'fetch into it here')}`,
  )
}

/**
 * Explains that the server expands no patterns. In the shell of this program, they have been expanded.
 * @throws TransferError `not_found`
 */
export async function requireNames(
  context: Context,
  client: Client,
  remotes: readonly string[],
): Promise<void> {
  for (const remote of remotes) {
    if (!isPattern(context, remote) || (await existsThere(context, client, remote))) continue
    const select = ['get', '-r', path.dirname(remote), '--include', path.basename(remote)]
    const other = context.command === 'get' ? `; or ${advice(context, select, 'fetch what matches')}` : ''
    throw new TransferError(
      'not_found',
      `"${printable(remote)}" is not on the server, where patterns work only in ftp-client shell${other}`,
    )
  }
}

/** Whether a name looks like a pattern that nothing has expanded. */
export function isPattern({ client }: Context, name: string): boolean {
  return client === undefined && PATTERN.test(name)
}

function advice(context: Context, command: readonly string[], purpose: string): string {
  const words = command.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  const typed = [...(context.client === undefined ? ['ftp-client'] : []), ...words].join(' ')
  return `to ${purpose}, type: ${printable(typed)}`
}

function serverOption(server: string | undefined): string[] {
  return server === undefined ? [] : ['-s', server]
}

/** Whether a local argument names something; `-` is standard input. */
export function exists(context: Context, local: string): boolean {
  return local === '-' || fs.existsSync(localPath(context, local))
}

function isFolderHere(context: Context, local: string): boolean {
  return fs.statSync(localPath(context, local), { throwIfNoEntry: false })?.isDirectory() ?? false
}

async function existsThere(context: Context, client: Client, typed: string): Promise<boolean> {
  const remote = parsed(context, typed)
  if (remote === undefined) return false
  try {
    await client.stat(remote)
    return true
  } catch (error) {
    if (error instanceof TransferError && ['not_found', 'not_directory', 'name'].includes(error.code))
      return false
    throw error
  }
}

async function isDirectoryThere(context: Context, client: Client, typed: string): Promise<boolean> {
  const remote = parsed(context, typed)
  return remote !== undefined && (await isRemoteDirectory(client, remote))
}

/** A path as it was typed; undefined if no file on a server can have it. */
function parsed(context: Context, typed: string): RemotePath | undefined {
  try {
    return remotePath(context, typed)
  } catch {
    return undefined
  }
}
