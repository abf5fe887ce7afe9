import { once } from 'node:events'
import { printable } from '@ftp/protocol'
import type { ServerOptions } from '../config.ts'
import { announce } from '../discovery/announce.ts'
import { startServer } from '../server.ts'
import { banner } from './banner.ts'
import { type Context, jsonLine, writeLine } from './context.ts'
import { doorsOf } from './door-urls.ts'
import { makeFirstAccount } from './first-account.ts'
import { type GuardOptions, guardOptions } from './guard-options.ts'

/** How long running requests may continue after the first SIGINT or SIGTERM, in milliseconds. */
const GRACE_MS = 3_000

export interface ServeOptions
  extends Omit<ServerOptions, 'root' | 'timeouts' | 'limits' | 'log'>,
    GuardOptions {
  /** Show the address as a QR code even if nobody sees a terminal. */
  readonly qr?: boolean
  /** Announce this server on the network. */
  readonly announce: boolean
}

/** `[root]`: serves a folder until the signal to stop. */
export async function serve(context: Context, root: string, options: ServeOptions): Promise<void> {
  const { qr = false, announce: isAnnounced, ...rest } = options
  const { signal, json } = context
  const server = await startServer({ root, ...rest, ...guardOptions(options, json) })
  const { host, port, fingerprint = null, metricsPort } = server
  void server.replaced.then(() => {
    context.stderr.write(
      `ftp-server: another ftp-server has taken over "${printable(root)}" while this machine had no contact with it; this one ends at once\n`,
    )
    // Anything else would close the database, and so write to it.
    process.kill(process.pid, 'SIGKILL')
  })
  using announced = new DisposableStack()
  if (isAnnounced && !/^(127\.|::1$)/.test(host))
    announced.use(
      announce({ port, fingerprint: server.fingerprint }, (message) =>
        context.stderr.write(`ftp-server: ${printable(message)}\n`),
      ),
    )
  const first = server.config.anonymous === 'none' ? await makeFirstAccount(server.config.state) : undefined
  if (json) {
    print({ event: 'listening', host, port, fingerprint, doors: doorsOf(server) })
    if (metricsPort !== undefined) print({ event: 'metrics', port: metricsPort })
    if (first !== undefined) print({ event: 'account', ...first })
  } else print(banner(server, first, qr || (context.output.isTerminal && server.config.web)))
  context.onHangup(() => server.reopen())
  if (!signal.aborted) await once(signal, 'abort')
  if (!json) print('Stopping …')
  await server.close(GRACE_MS)
  if (json) await print({ event: 'stopped' })

  /** Never rejects, and nobody awaits it: the server continues even if its standard output fails. */
  async function print(what: object | string): Promise<void> {
    const line = typeof what === 'string' ? what : jsonLine(what)
    await writeLine(context, line).catch(() => {})
  }
}
