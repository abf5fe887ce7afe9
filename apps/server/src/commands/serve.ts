import { once } from 'node:events'
import { printable } from '@ftp/protocol'
import type { ServerOptions } from '../config.ts'
import { announce } from '../discovery/announce.ts'
import { startServer } from '../server.ts'
import { banner } from './banner.ts'
import { type Context, writeJson, writeLine } from './context.ts'
import { makeFirstAccount } from './first-account.ts'
import { type GuardOptions, guardOptions } from './guard-options.ts'

/** How long running requests may go on after the first SIGINT or SIGTERM, in milliseconds. */
const GRACE_MS = 3_000

export interface ServeOptions
  extends Omit<ServerOptions, 'root' | 'timeouts' | 'limits' | 'log'>,
    GuardOptions {
  readonly json?: boolean
  /** Show the address as a QR code. */
  readonly qr?: boolean
  /** Tell the network of this server. */
  readonly announce: boolean
}

/** `[root]`: serves a folder until it is told to stop. */
export async function serve(context: Context, root: string, options: ServeOptions): Promise<void> {
  const { json = false, qr = false, announce: isAnnounced, ...rest } = options
  const { signal } = context
  const server = await startServer({ root, ...rest, ...guardOptions(options, json) })
  const { host, port, fingerprint = null, metricsPort } = server
  using announced = new DisposableStack()
  if (isAnnounced && !/^(127\.|::1$)/.test(host))
    announced.use(
      announce({ port, fingerprint: server.fingerprint }, (message) =>
        context.stderr.write(`ftp-server: ${printable(message)}\n`),
      ),
    )
  const first = server.config.anonymous === 'none' ? await makeFirstAccount(server.config.state) : undefined
  if (json) {
    writeJson(context, { event: 'listening', host, port, fingerprint })
    if (metricsPort !== undefined) writeJson(context, { event: 'metrics', port: metricsPort })
    if (first !== undefined) writeJson(context, { event: 'account', ...first })
  } else writeLine(context, banner(server, first, qr))
  if (!signal.aborted) await once(signal, 'abort')
  if (!json) writeLine(context, 'Stopping …')
  await server.close(GRACE_MS)
  if (json) writeJson(context, { event: 'stopped' })
}
