import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** What a program of somebody else has done. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ForeignOptions {
  readonly cwd: string
  /** What it reads from its standard input. Default: nothing. */
  readonly input?: string | Uint8Array
  /** Variables that it gets besides the usual ones. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a program that is not ours to its end, with the settings of nobody: its home is the folder in which it works, and
 * no proxy is set.
 */
export async function runForeign(
  command: string,
  args: readonly string[],
  { cwd, input = '', env = {} }: ForeignOptions,
): Promise<Ended> {
  const { PATH = '' } = process.env
  const child = spawn(command, args, { cwd, env: { PATH, HOME: cwd, LC_ALL: 'C.UTF-8', ...env } })
  const code = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  // A program that has been refused need not read all of it.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}
