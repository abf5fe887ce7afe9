import { once } from 'node:events'
import http from 'node:http'
import { TransferError } from '@ftp/protocol'
import type { Metrics } from './metrics.ts'

/** The most simultaneous connections: each takes a descriptor that clients could use. */
const CONNECTIONS = 8

/** Only this machine can connect to it. */
const HOST = '127.0.0.1'

/**
 * Answers GET requests: `/metrics` for Prometheus; `/health` with 200 while the program runs; `/ready` with
 * 200 while it takes connections, otherwise 503. It listens on the loopback address only, because there is no
 * login.
 * @throws TransferError `busy` if the port is in use
 */
export async function serveMetrics(
  port: number,
  metrics: Metrics,
  isReady: () => boolean,
): Promise<Disposable & { readonly port: number }> {
  metrics.watchProcess()
  const server = http.createServer((request, response) => {
    const answer = (code: number, body: string, type = 'text/plain; charset=utf-8'): void =>
      void response.writeHead(code, { 'content-type': type }).end(request.method === 'HEAD' ? '' : body)
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'only GET\n')
    switch (request.url) {
      case '/metrics':
        return void metrics.text().then(
          (text) => answer(200, text, metrics.contentType),
          () => answer(500, 'the metrics could not be collected\n'),
        )
      case '/health':
        return answer(200, 'ok\n')
      case '/ready':
        return isReady() ? answer(200, 'ready\n') : answer(503, 'not ready\n')
      default:
        return answer(404, '/metrics, /health or /ready\n')
    }
  })
  try {
    await once(server.listen(port, HOST), 'listening')
  } catch (cause) {
    throw new TransferError(
      'busy',
      `the metrics' port ${port} cannot be used; choose another with --metrics`,
      {
        cause,
      },
    )
  }
  server.unref()
  server.maxConnections = CONNECTIONS
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
