import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { answers, type Ground, type Peer, serveSilently } from './peer.ts'

/** A client of FTP, and a vsftpd of its own; with `tls`, both directions are encrypted. */
export function vsftpd(
  client: string,
  port: number,
  { tls = false, ...commands }: Required<Pick<Peer, 'get' | 'put'>> & { readonly tls?: boolean },
): Peer {
  // It wants a top that nobody may write to.
  const top = ({ setup }: Ground): string => path.join(setup, `ftp-${port}`)
  const root = (ground: Ground): string => path.join(top(ground), 'pub')
  return {
    name: `${client} + vsftpd${tls ? ', TLS' : ''}`,
    does: tls ? 'TLS' : 'nothing',
    packages: ['vsftpd', client],
    commands: ['/usr/sbin/vsftpd', client],
    root,
    start: async (ground) => {
      fs.chmodSync(root(ground), 0o777)
      const config = {
        listen: 'YES',
        listen_address: '127.0.0.1',
        listen_port: port,
        background: 'NO',
        anonymous_enable: 'YES',
        anon_root: top(ground),
        no_anon_password: 'YES',
        write_enable: 'YES',
        anon_upload_enable: 'YES',
        anon_other_write_enable: 'YES',
        anon_mkdir_write_enable: 'YES',
        anon_umask: '022',
        seccomp_sandbox: 'NO',
        ...(tls && encryption(ground)),
      }
      const file = path.join(ground.setup, `vsftpd-${port}.conf`)
      const lines = Object.entries(config).map(([key, value]) => `${key}=${value}\n`)
      fs.writeFileSync(file, lines.join(''))
      return await serveSilently('/usr/sbin/vsftpd', [file], () => answers(port))
    },
    ...commands,
  }
}

/** vsftpd's settings for TLS, with a certificate that is made for them. */
function encryption({ setup }: Ground): Readonly<Record<string, string>> {
  const file = path.join(setup, 'vsftpd.pem')
  if (!fs.existsSync(file)) {
    const subject = ['-subj', '/CN=127.0.0.1', '-days', '2']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509']
    const files = ['-keyout', file, '-out', `${file}.crt`]
    execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'ignore' })
    fs.appendFileSync(file, fs.readFileSync(`${file}.crt`))
  }
  return {
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_data_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    ssl_ciphers: 'HIGH',
    rsa_cert_file: file,
    rsa_private_key_file: file,
  }
}
