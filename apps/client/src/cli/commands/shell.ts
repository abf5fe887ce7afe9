import { TransferError } from '@ftp/protocol'
import type { Context } from '../context.ts'
import type { Commands } from '../define.ts'
import { openSession } from '../open-session.ts'
import { runInteractive } from '../shell/interactive.ts'
import { runScript } from '../shell/script.ts'
import { Shell } from '../shell/shell.ts'

export interface ShellOptions {
  readonly keepGoing?: boolean
}

/** `shell [script...]`: commands one after another on one session, typed or from a script. */
export async function shell(
  context: Context,
  scripts: readonly string[],
  { keepGoing = false }: ShellOptions,
  commands: Commands,
): Promise<number> {
  if (context.session !== undefined) throw new TransferError('bad_request', 'this is a shell already')
  using session = await openSession(context)
  const prompt = new Shell(context, session, commands)
  const isTyped = scripts.length === 0 && context.stdin.isTTY && context.stdout.isTTY
  return isTyped ? await runInteractive(prompt) : await runScript(prompt, scripts, keepGoing)
}
