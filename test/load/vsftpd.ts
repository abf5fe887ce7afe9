import fs from 'node:fs'
import path from 'node:path'
import { enterFtp, makeCertificate } from './ftp.ts'
import { launch, type Peer } from './peer.ts'

const PROGRAM = '/usr/sbin/vsftpd'

/** FTP over TLS (RFC 4217), as vsftpd speaks it. */
export const VSFTPD: Peer = {
  name: 'vsftpd',
  package: 'vsftpd',
  isHere: () => fs.existsSync(PROGRAM),
  start(folder, port, setup) {
    const certificate = makeCertificate(setup)
    // It will not serve a root that can be written to.
    fs.chmodSync(folder, 0o555)
    const settings = {
      listen: 'YES',
      listen_ipv6: 'NO',
      listen_address: '127.0.0.1',
      listen_port: port,
      background: 'NO',
      anonymous_enable: 'YES',
      anon_root: folder,
      no_anon_password: 'YES',
      local_enable: 'NO',
      ssl_enable: 'YES',
      allow_anon_ssl: 'YES',
      require_ssl_reuse: 'NO',
      ssl_ciphers: 'HIGH',
      rsa_cert_file: certificate,
      max_clients: 0,
      max_per_ip: 0,
      seccomp_sandbox: 'NO',
    }
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`)
    fs.writeFileSync(path.join(setup, 'vsftpd.conf'), lines.join(''))
    return launch(PROGRAM, [path.join(setup, 'vsftpd.conf')])
  },
  enter: enterFtp,
}
