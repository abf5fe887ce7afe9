import { TransferError } from '@ftp/protocol'
import type { Context } from '../command-context.ts'
import type { Commands } from '../define-command.ts'
import { openClient } from '../open-client.ts'
import { runInteractive } from '../shell/interactive.ts'
import { runScript } from '../shell/script.ts'
import { Shell } from '../shell/shell.ts'

export interface ShellOptions {
  readonly keepGoing?: boolean
}

/**
 * `shell [script...]`: runs commands one after another on one connection, as they are typed or from a script.
 */
export async function shell(
  context: Context,
  scripts: readonly string[],
  { keepGoing = false }: ShellOptions,
  commands: Commands,
): Promise<number> {
  if (context.client !== undefined) throw new TransferError('usage', 'you are in a shell already')
  using client = await openClient(context)
  const prompt = new Shell(context, client, commands)
  const isTyped = scripts.length === 0 && context.stdin.isTTY && context.stdout.isTTY
  return isTyped ? await runInteractive(prompt) : await runScript(prompt, scripts, keepGoing)
}
