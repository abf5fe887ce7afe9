import path from 'node:path'
import { RawClient } from '../support/raw-client.ts'
import { FILE, type Guest, launch, type Peer } from './peer.ts'

const SERVER = path.resolve(import.meta.dirname, '../../apps/server/src/main.ts')

export const OURS: Peer = {
  name: 'ftp-server',
  isHere: () => true,
  start(folder, port, setup) {
    const fixed = [
      '--host',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--state',
      setup,
      '--anonymous',
      'read',
      '--json',
    ]
    const limits = ['--max-connections', '4000', '--log-level', 'error']
    return launch(process.execPath, [SERVER, folder, ...fixed, ...limits])
  },
  async enter(port): Promise<Guest> {
    const client = await RawClient.login({ host: '127.0.0.1', port, secure: true })
    return {
      async stat() {
        await client.ask({ type: 'stat', path: FILE }, 'entry')
      },
      async get() {
        await client.ask({ type: 'get', path: FILE }, 'file')
      },
      leave: () => void client.socket.destroy(),
    }
  },
}
