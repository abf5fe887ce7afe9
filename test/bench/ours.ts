import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Ground, type Peer, serve } from './peer.ts'
import { PORTS } from './ports.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')
/** The server's program, as it is installed. */
export const SERVER = `${REPOSITORY}/apps/server/bin/ftp-server.js`

/** The state folder of our server at this port. */
export function stateOf({ setup }: Ground, port: number): string {
  return path.join(setup, `state-${port}`)
}

/** ftp-client and its server. */
export function ours(
  name: string,
  does: string,
  port: number,
  flags: readonly string[],
  serverFlags: readonly string[] = [],
): Peer {
  const node = process.execPath
  const client = ({ setup, port: clientPort }: Ground): string =>
    `${node} ${REPOSITORY}/apps/client/bin/ftp-client.js -q --server 127.0.0.1:${clientPort(port)} --config ${setup} ${flags.join(' ')}`
  const root = ({ setup }: Ground): string => path.join(setup, `root-${port}`)
  return {
    name,
    does,
    packages: [],
    commands: [],
    root,
    start: (ground) => {
      const fixed = ['--host', '127.0.0.1', '--port', String(port), '--state', stateOf(ground, port)]
      return serve(
        node,
        [SERVER, root(ground), ...fixed, '--anonymous', 'write', '--json', ...flags, ...serverFlags],
        (line) => line.includes('listening'),
      )
    },
    get: (ground) =>
      ground.isAgain
        ? `${client(ground)} sync :${ground.name} ${ground.desk}/out`
        : `${client(ground)} get -r ${ground.name} -o ${ground.desk}/out`,
    put: (ground) =>
      ground.isAgain
        ? `${client(ground)} sync ${ground.desk}/${ground.name} :in`
        : `${client(ground)} put -r ${ground.desk}/${ground.name} --to in`,
  }
}

/** The same for a file whose chain the server has not stored. */
export function first({ start, put: _put, ...peer }: Peer): Peer {
  return {
    ...peer,
    isStartedAnew: true,
    start: async (ground) => {
      const state = stateOf(ground, PORTS.first)
      if (fs.existsSync(`${state}/state.db`)) {
        using database = new DatabaseSync(`${state}/state.db`)
        database.exec('DELETE FROM digests')
      }
      return (await start?.(ground)) ?? { [Symbol.asyncDispose]: async () => {} }
    },
  }
}
