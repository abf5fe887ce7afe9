import fs from 'node:fs'
import path from 'node:path'
import { HOME, type RemotePath, resolvePath } from '@ftp/protocol'
import type { Command } from 'commander'
import type { Client } from '../../client.ts'
import { splitWords, unfinished } from '../lexer.ts'
import { candidates, type Name, type Names } from './candidates.ts'

/**
 * The possible completions of the last word of a line.
 * @param line the line up to the cursor, without the program's name
 */
export async function candidatesFor(line: string, program: Command, names: Names): Promise<string[]> {
  const { before, current } = unfinished(line)
  return await candidates(program, [...splitWords(before).words.map(({ text }) => text), current], names)
}

/** The names to complete with. @param client called only if names on the server are needed */
export function namesAt(
  client: () => Promise<Client>,
  here: { readonly local: string; readonly remote: RemotePath } = { local: '', remote: HOME },
): Names {
  return {
    local: async (directory) => localNames(path.resolve(here.local, directory)),
    remote: async (directory) => await remoteNames(await client(), resolvePath(directory, here.remote)),
  }
}

function localNames(directory: string): Name[] {
  const entries = fs.readdirSync(directory, { withFileTypes: true })
  return entries.map((entry) => ({
    name: entry.name,
    isDirectory:
      entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(path.join(directory, entry.name))),
  }))
}

function isDirectory(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
}

async function remoteNames(client: Client, directory: RemotePath): Promise<Name[]> {
  const names: Name[] = []
  for await (const { name, type } of client.list(directory))
    names.push({ name, isDirectory: type === 'directory' })
  return names
}
