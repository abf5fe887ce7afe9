import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { FILE, type Guest } from './peer.ts'

/*
 * The part of FTP over TLS (RFC 4217) that is needed to measure servers.
 */

/** Makes a key and a certificate in one file. @returns its path */
export function makeCertificate(setup: string): string {
  const certificate = path.join(setup, 'certificate.pem')
  const subject = ['-subj', '/CN=vsftpd', '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt']
  const curve = ['ec_paramgen_curve:prime256v1', '-keyout', certificate, '-out', `${certificate}.crt`]
  execFileSync('openssl', ['req', '-x509', ...subject, ...curve], { stdio: 'ignore' })
  fs.appendFileSync(certificate, fs.readFileSync(`${certificate}.crt`))
  return certificate
}

/** Logs in anonymously, encrypted, for binary transfers. */
export async function enterFtp(port: number): Promise<Guest> {
  const plain = net.connect({ port, host: '127.0.0.1', noDelay: true })
  let control = new Control(plain)
  await control.answer('220')
  await control.ask('AUTH TLS', '234')
  const socket = tls.connect({ socket: plain, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  control = new Control(socket)
  if ((await control.ask('USER anonymous', '')).startsWith('331')) await control.ask('PASS nobody@', '230')
  for (const [command, code] of [
    ['PBSZ 0', '200'],
    ['PROT P', '200'],
    ['TYPE I', '200'],
  ] as const)
    await control.ask(command, code)
  return {
    async stat() {
      await control.ask(`SIZE ${FILE}`, '213')
    },
    async get() {
      const [, high = '0', low = '0'] = /,(\d+),(\d+)\)/.exec(await control.ask('PASV', '227')) ?? []
      const raw = net.connect({ port: Number(high) * 256 + Number(low), host: '127.0.0.1' })
      await control.ask(`RETR ${FILE}`, '1')
      const data = tls.connect({ socket: raw, rejectUnauthorized: false })
      let bytes = 0
      data.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      // vsftpd may end the connection without ending TLS, and before anybody waits for that.
      data.on('error', () => {})
      if (!data.closed) await once(data, 'close')
      await control.answer('226')
      if (bytes !== 1_048_576) throw new Error(`${bytes} bytes of the file came`)
    },
    leave: () => void socket.destroy(),
  }
}

/** The control connection: each line that is sent is answered by one line. */
class Control {
  readonly #socket: net.Socket
  #text = ''
  #wake: () => void = () => {}

  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.removeAllListeners('data')
    socket.on('error', () => this.#wake())
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString()
      this.#wake()
    })
  }

  async ask(command: string, code: string): Promise<string> {
    this.#socket.write(`${command}\r\n`)
    return await this.answer(code)
  }

  async answer(code: string): Promise<string> {
    for (;;) {
      const [, line = '', rest = ''] = /^(\d{3} [^\n]*)\n([\s\S]*)$/.exec(this.#text) ?? []
      if (line !== '') {
        this.#text = rest
        if (!line.startsWith(code)) throw new Error(`expected ${code}: ${line}`)
        return line
      }
      if (this.#socket.destroyed) throw new Error(`the connection ended before ${code}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
