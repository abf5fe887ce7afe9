import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { OURS } from './ours.ts'
import { FILE, type Guest, type Peer } from './peer.ts'

/** Our server, and clients that keep one connection of HTTP inside TLS each, as browsers do. */
export const HTTPS: Peer = {
  name: 'https',
  isHere: () => true,
  start: (folder, port, setup) => OURS.start(folder, port, setup),
  async enter(port): Promise<Guest> {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
    const fetched = async (method: string, headers = {}): Promise<void> => {
      const options = { agent, host: '127.0.0.1', port, path: `/files/${FILE}`, method, headers }
      const request = https.request(options).end()
      const [response]: IncomingMessage[] = await once(request, 'response')
      if (response === undefined || (response.statusCode ?? 0) >= 400)
        throw new Error(`the server answers ${response?.statusCode}`)
      response.resume()
      await once(response, 'end')
    }
    await fetched('HEAD')
    return {
      stat: () => fetched('GET', { range: 'bytes=0-0' }),
      get: () => fetched('GET'),
      leave: () => agent.destroy(),
    }
  },
}
