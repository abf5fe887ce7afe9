import fs from 'node:fs'
import path from 'node:path'
import { answers, type Ground, type Peer, serveSilently } from './peer.ts'
import { PORTS } from './ports.ts'

/** rsync and its daemon. */
export function rsync(name: string, does: string, flags: readonly string[]): Peer {
  const url = ({ port }: Ground): string => `rsync://127.0.0.1:${port(PORTS.rsync)}/served`
  return {
    name,
    does,
    packages: ['rsync'],
    commands: ['rsync'],
    start: async ({ served, setup }) => {
      const config = path.join(setup, 'rsyncd.conf')
      fs.writeFileSync(
        config,
        `use chroot = no\nuid = ${uid()}\ngid = ${uid()}\n[served]\npath = ${served}\nread only = no\n`,
      )
      return await serveSilently(
        'rsync',
        ['--daemon', '--no-detach', `--config=${config}`, `--port=${PORTS.rsync}`, '--address=127.0.0.1'],
        () => answers(PORTS.rsync),
      )
    },
    get: (ground) =>
      `rsync -a ${flags.join(' ')} ${url(ground)}/${ground.name}${ground.isTree ? '/' : ''} ${ground.desk}/out`,
    put: (ground) =>
      `rsync -a ${flags.join(' ')} ${ground.desk}/${ground.name}${ground.isTree ? '/' : ''} ${url(ground)}/in`,
  }
}

function uid(): number {
  return process.getuid?.() ?? 0
}
