import fs from 'node:fs'
import path from 'node:path'
import { formatPath, fromErrno, joinPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { md5Of } from '../../tree/same-content.ts'
import { expandedLocals } from '../arguments/local-patterns.ts'
import { readText } from '../arguments/read-text.ts'
import { isRemoteDirectory } from '../arguments/remote-directory.ts'
import { type Context, forEach, localPath, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

export interface VerifyOptions {
  readonly to?: string
  readonly sums?: string
}

/** The escapes that md5sum writes for characters that would end its line. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r' }

/** A file on the server and the MD5 that it should have. */
interface Expectation {
  /** The name that the output shows. */
  readonly name: string
  readonly remote: RemotePath
  readonly md5: () => Promise<string>
}

/**
 * `verify <local...>`, `verify --sums <list>`: compares MD5s with those of the files on the server, without
 * transferring any file.
 * @returns 0 if all are the same, 7 if some differ, 3 if some are missing
 */
export async function verify(
  context: Context,
  locals: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  if ((locals.length === 0) === (options.sums === undefined))
    throw new TransferError('usage', 'verify needs local files, or --sums with a list written by md5sum')
  using client = await openClient(context)
  const expected =
    options.sums === undefined
      ? await fromFiles(context, client, expandedLocals(context, locals), options)
      : await fromList(context, options.sums, options)
  let same = 0
  const exitCode = await forEach(
    context,
    expected,
    async (each) => {
      await compare(context, client, each)
      same++
    },
    ({ name }) => name,
  )
  const { json, quiet } = context.options
  if (expected.length > 1 && !json && !quiet) {
    const others = expected.length - same
    context.stderr.write(`${same} of ${expected.length} the same${others > 0 ? `, ${others} not` : ''}\n`)
  }
  return exitCode
}

async function compare(context: Context, client: Client, { name, remote, md5 }: Expectation): Promise<void> {
  const [here, there] = await Promise.all([md5(), client.md5(remote).catch(explainMissing(name, remote))])
  if (here !== there.md5)
    throw new TransferError(
      'checksum',
      `"${printable(name)}" differs: ${here} here, ${there.md5} on the server`,
    )
  if (context.options.json)
    writeJson(context, {
      event: 'same',
      path: name,
      remote: formatPath(remote),
      md5: here,
      bytes: there.bytes,
    })
  else if (!context.options.quiet) context.stdout.write(`${printable(name)}: the same\n`)
}

/** Names the whole path, because a server names only the part of it that is missing. */
function explainMissing(name: string, remote: RemotePath): (error: unknown) => never {
  return (error) => {
    const failure = TransferError.from(error)
    if (failure.code !== 'not_found') throw failure
    const place = formatPath(remote)
    const text = `"${printable(name)}" is not on the server${place === name ? '' : `, where it would be "${printable(place)}"`}`
    throw new TransferError('not_found', text, { cause: failure })
  }
}

/** The files on the server that put would make of local ones; a folder stands for everything in it. */
async function fromFiles(
  context: Context,
  client: Client,
  locals: readonly string[],
  { to }: VerifyOptions,
): Promise<Expectation[]> {
  const target = remotePath(context, to ?? '.')
  const isPlace = locals.length > 1 || to === undefined || (await isRemoteDirectory(client, target))
  const expected: Expectation[] = []
  for (const local of locals) {
    const file = localPath(context, local)
    const remote = isPlace ? joinPath(target, path.basename(path.resolve(file))) : target
    const files = filesBelow(local, file)
    const isMissing = files[0] !== '' && !(await isRemoteDirectory(client, remote))
    // If a whole folder is missing, one line reports it.
    if (isMissing) expected.push({ name: local, remote, md5: async () => '' })
    else
      for (const below of files)
        expected.push({
          name: path.join(local, below),
          remote: below === '' ? remote : joinPath(remote, below.split(path.sep).join('/')),
          md5: () => md5Of(path.join(file, below), context.signal),
        })
  }
  return expected
}

/** The regular files below a folder, by their paths relative to it; `''` for a file itself. */
function filesBelow(name: string, file: string): string[] {
  try {
    if (!fs.statSync(file).isDirectory()) return ['']
    const entries = fs.readdirSync(file, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.map((entry) => path.join(path.relative(file, entry.parentPath), entry.name)).sort()
  } catch (error) {
    throw fromErrno(error, `"${printable(name)}"`)
  }
}

/** Reads a list in the format of md5sum(1). Its names are paths on the server. */
async function fromList(context: Context, list: string, { to }: VerifyOptions): Promise<Expectation[]> {
  const from = remotePath(context, to ?? '.')
  const content = await readText(context, list)
  const lines = content.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [, escaped, md5, name] = /^(\\?)([0-9a-f]{32}) [ *](.+)$/s.exec(line) ?? []
    if (md5 === undefined || name === undefined)
      throw new TransferError(
        'usage',
        `"${printable(list)}" is not a list written by md5sum; this line is not understood: ${printable(line)}`,
      )
    const real =
      escaped === '' ? name : name.replace(/\\([\\nr])/g, (_, code: string) => ESCAPES[code] ?? code)
    return {
      name: real,
      remote: remotePath({ ...context, here: { ...context.here, remote: from } }, real),
      md5: async () => md5,
    }
  })
}
