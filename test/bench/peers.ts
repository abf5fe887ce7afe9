import { ftp, https, sftpDoor } from './doors.ts'
import { scp, sftp } from './openssh.ts'
import { first, ours } from './ours.ts'
import type { Ground, Peer } from './peer.ts'
import { PORTS } from './ports.ts'
import { rsync } from './rsync.ts'
import { vsftpd } from './vsftpd.ts'

/** Everything that is measured, ourselves first, as it is installed. */
export const PEERS: readonly Peer[] = [
  ours('ftp-client', 'TLS 1.3, MD5', PORTS.ours, []),
  first(ours('ftp-client, first get', 'TLS 1.3, MD5', PORTS.first, [])),
  ours('ftp-client --plaintext', 'MD5', PORTS.plain, ['--plaintext']),
  ours('ftp-client, server with --no-fsync', 'TLS 1.3, MD5', PORTS.scratch, [], ['--no-fsync']),
  https(PORTS.https),
  ftp(PORTS.clear, { tls: false }),
  ftp(PORTS.ftps, { tls: true }),
  sftpDoor(PORTS.sftpDoor),
  rsync('rsync -a', 'xxh128', []),
  rsync('rsync -a, md5', 'MD5', ['--checksum-choice=md5']),
  rsync('rsync -a --fsync', 'xxh128, fsync', ['--fsync']),
  scp(PORTS.ssh),
  sftp(PORTS.sftp),
  ...[false, true].map((tls) => curlToVsftpd(tls)),
  vsftpd('lftp', PORTS.lftp, {
    get: ({ desk, name, isTree }) =>
      `lftp -c 'open ftp://127.0.0.1:${PORTS.lftp}; ${isTree ? `mirror -P8 pub/${name} ${desk}/out` : `get pub/${name} -o ${desk}/out`}'`,
    put: ({ desk, name, isTree }) =>
      `lftp -c 'open ftp://127.0.0.1:${PORTS.lftp}; ${isTree ? `mirror -R -P8 ${desk}/${name} pub/in` : `put ${desk}/${name} -o pub/in`}'`,
  }),
  {
    name: 'cp',
    does: 'no network',
    packages: [],
    commands: ['cp'],
    get: ({ served, desk, name }) => `cp -r ${served}/${name} ${desk}/out`,
    put: ({ served, desk, name }) => `cp -r ${desk}/${name} ${served}/in`,
  },
  {
    name: 'tar + nc',
    does: 'nothing',
    packages: ['netcat-openbsd'],
    commands: ['nc', 'tar'],
    get: (ground) => stream(ground, ground.served, `${ground.desk}/out`),
    put: (ground) => stream(ground, ground.desk, `${ground.served}/in`),
  },
  {
    name: 'md5sum',
    does: 'reads once',
    packages: [],
    commands: ['md5sum'],
    get: ({ served, name, isTree }) => (isTree ? undefined : `md5sum ${served}/${name}`),
    put: ({ desk, name, isTree }) => (isTree ? undefined : `md5sum ${desk}/${name}`),
  },
]

function curlToVsftpd(tls: boolean): Peer {
  const port = tls ? PORTS.curls : PORTS.curl
  const curl = `curl -s ${tls ? '--ssl-reqd --insecure' : ''}`
  const url = ({ port: clientPort }: Ground): string => `ftp://127.0.0.1:${clientPort(port)}/pub`
  return vsftpd('curl', port, {
    tls,
    get: (ground) =>
      ground.isTree ? undefined : `${curl} ${url(ground)}/${ground.name} -o ${ground.desk}/out`,
    put: (ground) =>
      ground.isTree ? undefined : `${curl} -T ${ground.desk}/${ground.name} ${url(ground)}/in`,
  })
}

/** A tree as a tar stream through a plain connection. */
function stream({ name, isTree }: Ground, from: string, to: string): string | undefined {
  if (!isTree) return undefined
  const receive = `mkdir ${to}; nc -l 127.0.0.1 ${PORTS.nc} | tar x --strip-components=1 -C ${to}`
  const send = `until tar c -C ${from} ${name} | nc -N 127.0.0.1 ${PORTS.nc} 2>/dev/null; do sleep 0.01; done`
  return `sh -c '(${receive}) & ${send}; wait'`
}
