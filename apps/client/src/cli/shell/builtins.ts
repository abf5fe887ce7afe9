import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { toEntry } from '@ftp/files'
import { type Entry, formatPath, fromErrno, printable, resolvePath, TransferError } from '@ftp/protocol'
import type { Command } from 'commander'
import type { Context } from '../command-context.ts'
import { showEntries } from '../entry-list.ts'
import { SHELL_OVERVIEW } from '../help/overview.ts'
import type { ShellState } from './state.ts'

const ON_WINDOWS = process.platform === 'win32'

/**
 * Adds the commands that make sense only in a shell.
 * @param end called with the exit code, if it is neither 0 nor that of an error
 */
export function addBuiltins(
  program: Command,
  shell: ShellState,
  context: Context,
  end: (exitCode: number) => void,
): void {
  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description)
  const print = (line: string): void => void context.stdout.write(`${line}\n`)

  program.helpInformation = () => SHELL_OVERVIEW
  for (const [name, alias] of [
    ['get', 'mget'],
    ['put', 'mput'],
  ])
    program.commands.find((each) => each.name() === name)?.alias(alias ?? '')
  command('cd [remote]', 'go to a directory on the server, or to your home').action(async (to = '/') => {
    const target = resolvePath(to, shell.here.remote)
    const type =
      target.length === 0 ? 'directory' : (await shell.client.until(context.signal).stat(target)).type
    if (type !== 'directory')
      throw new TransferError('not_directory', `"${printable(to)}" is not a directory on the server`)
    shell.here = { ...shell.here, remote: target }
  })
  command('pwd', 'show the directory on the server that you are in').action(() =>
    print(`/${formatPath(shell.here.remote)}`),
  )
  command('lcd [local]', 'go to a local directory, or to your home').action((to = os.homedir()) => {
    const target = path.resolve(shell.here.local, to)
    if (!fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
      throw new TransferError('not_found', `"${printable(to)}" is not a directory here`)
    shell.here = { ...shell.here, local: target }
  })
  command('lpwd', 'show the local directory that you are in').action(() =>
    print(path.resolve(shell.here.local)),
  )
  command('lls [local...]', 'list local directories').action(async (names: string[]) => {
    for (const name of names.length === 0 ? ['.'] : names) await showLocal(context, shell.here.local, name)
  })
  command('less <remote>', 'read a file page by page').action((remote: string) =>
    page(context, shell, remote),
  )
  command('jobs', 'show what runs in the background').action(() => shell.jobs.list().forEach(print))
  command('wait [job]', 'wait for a job, or for all of them').action(async (job?: string) => {
    end(await shell.jobs.wait(job === undefined ? undefined : Number(job), context.signal))
  })
  command('stop [job]', 'stop a job, or all of them; what has arrived is kept').action((job?: string) =>
    shell.jobs.stop(job === undefined ? undefined : Number(job)),
  )
  command('clear', 'clear the screen').action(() => {
    context.stdout.write('\x1b[H\x1b[2J')
  })
  command('exit', 'leave')
    .aliases(['quit', 'bye'])
    .action(() => {
      shell.ended = true
    })
}

/** The shell that `!` without a command starts. */
function localShell({ SHELL, ComSpec }: NodeJS.ProcessEnv): string {
  return (ON_WINDOWS ? ComSpec : SHELL) || (ON_WINDOWS ? 'cmd.exe' : 'sh')
}

/** Runs a line in the system's own shell, on this machine. */
export async function runLocally(line: string, cwd: string, context: Context): Promise<number> {
  // Ctrl-C reaches that command directly.
  using _interrupt = context.onInterrupt(() => {})
  const child = spawn(line.trim() || localShell(context.environment), {
    shell: true,
    stdio: 'inherit',
    cwd,
  })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

async function page(context: Context, shell: ShellState, remote: string): Promise<void> {
  const client = shell.client.until(context.signal)
  const target = resolvePath(remote, shell.here.remote)
  await client.md5(target)
  // Ctrl-C reaches the pager directly.
  using _interrupt = context.onInterrupt(() => {})
  const pager = spawn(context.environment.PAGER || (ON_WINDOWS ? 'more' : 'less'), {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  // A user who leaves the pager early has read enough.
  pager.stdin.on('error', () => {})
  const stream = client.stream(target)
  stream.on('error', () => pager.stdin.end()).pipe(pager.stdin)
  try {
    await once(pager, 'exit')
  } finally {
    stream.destroy()
  }
}

async function showLocal(context: Context, local: string, name: string): Promise<void> {
  const target = path.resolve(local, name)
  let names: readonly string[]
  let isDirectory = false
  try {
    isDirectory = fs.statSync(target).isDirectory()
    names = isDirectory ? fs.readdirSync(target).sort() : [target]
  } catch (error) {
    throw fromErrno(error, `"${printable(name)}"`)
  }
  const shown: Entry[] = []
  let failure: TransferError | undefined
  for (const each of names) {
    try {
      const stats = fs.lstatSync(path.resolve(target, each), { bigint: true })
      shown.push(toEntry(isDirectory ? each : name, stats))
    } catch (error) {
      // A name that is not UTF-8 leads to no file; the others are shown.
      failure ??= fromErrno(error, `"${printable(each)}"`)
    }
  }
  await showEntries(context, shown)
  if (failure !== undefined) throw failure
}
