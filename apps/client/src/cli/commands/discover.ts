import { printable, TransferError } from '@ftp/protocol'
import { discover as look } from '../../discovery/discover.ts'
import { formatAddress } from '../../profiles/profiles.ts'
import { type Context, reportSummary, writeJson } from '../command-context.ts'

export interface DiscoverOptions {
  readonly wait: number
}

/** `discover`: lists the servers on the local network. */
export async function discover(context: Context, { wait }: DiscoverOptions): Promise<number> {
  const found = await look(wait, context.signal)
  if (found.length === 0) {
    const text =
      'no server has answered; name one by the address that it shows when it starts: --server <host>'
    throw new TransferError('not_found', text)
  }
  for (const { name, host, port, fingerprint } of found) {
    if (context.options.json) writeJson(context, { event: 'server', name, host, port, fingerprint })
    else {
      const address = formatAddress({ host, port })
      context.stdout.write(
        `${address.padEnd(22)} ${printable(name)}\n${fingerprint ? `  ${fingerprint}\n` : ''}`,
      )
    }
  }
  return reportSummary(context, { done: found.length })
}
