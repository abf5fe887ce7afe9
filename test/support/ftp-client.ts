import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import tls from 'node:tls'
import { PASSWORD } from './accounts.ts'

/** A reply of an FTP server. */
export interface FtpReply {
  /** 0 if the server has closed the connection instead. */
  readonly code: number
  readonly text: string
}

/** How a client ends what it uploads. */
export type UploadEnd =
  /** As it should: inside TLS with close_notify, and then with FIN. */
  | 'proper'
  /** With FIN alone. */
  | 'fin'
  /** With a reset of the connection. */
  | 'reset'

const LOST: FtpReply = { code: 0, text: '' }

/** A client of FTP that sends whatever a test wants. */
export class FtpClient implements Disposable {
  readonly #raw: Socket
  #socket: Socket
  #received = ''
  #hasEnded = false
  #isProtected = false
  #wake = (): void => {}

  private constructor(raw: Socket) {
    this.#raw = raw
    this.#socket = raw
    this.#listen(raw)
  }

  /** Connects, and waits for the greeting. @param from the address to come from */
  static async connect(port: number | undefined, from = '127.0.0.1'): Promise<FtpClient> {
    if (port === undefined) throw new Error('this server has no such port')
    const client = new FtpClient(net.connect({ port, host: '127.0.0.1', localAddress: from }))
    await client.reply()
    return client
  }

  /** Connects, and logs in; inside TLS, data is encrypted, too. */
  static async enter(
    port: number | undefined,
    { user = 'anna', isEncrypted = true }: { user?: string; isEncrypted?: boolean } = {},
  ): Promise<FtpClient> {
    const client = await FtpClient.connect(port)
    if (isEncrypted) await client.secure()
    await client.command(`USER ${user}`)
    const { code, text } = await client.command(`PASS ${PASSWORD}`)
    if (code !== 230) throw new Error(text)
    if (isEncrypted) await client.protect()
    return client
  }

  /** The TLS session of the control connection, as of now. */
  get session(): Buffer | undefined {
    return this.#socket instanceof tls.TLSSocket ? this.#socket.getSession() : undefined
  }

  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** The next reply. */
  async reply(): Promise<FtpReply> {
    for (;;) {
      const [all, code, text] = /^(\d{3})(?: (.*)|-(?:.|\r\n)*?\r\n\1 .*)\r\n/.exec(this.#received) ?? []
      if (all !== undefined) {
        this.#received = this.#received.slice(all.length)
        return { code: Number(code), text: text ?? all }
      }
      if (this.#hasEnded) return LOST
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Sends a command. @returns its reply, or the first of several */
  async command(line: string): Promise<FtpReply> {
    this.send(`${line}\r\n`)
    return await this.reply()
  }

  /** The codes of the replies to several commands, one after the other. */
  async codes(...lines: readonly string[]): Promise<number[]> {
    const codes: number[] = []
    for (const line of lines) codes.push((await this.command(line)).code)
    return codes
  }

  async secure(): Promise<void> {
    await this.command('AUTH TLS')
    await this.handshake()
  }

  /** Begins TLS. */
  async handshake(options: tls.ConnectionOptions = {}): Promise<void> {
    this.#raw.removeAllListeners('data')
    const socket = tls.connect({ socket: this.#raw, rejectUnauthorized: false, ...options })
    this.#socket = socket
    this.#listen(socket)
    await once(socket, 'secureConnect')
  }

  async protect(): Promise<void> {
    await this.codes('PBSZ 0', 'PROT P')
    this.#isProtected = true
  }

  /** Opens a passive data connection; TLS is for whoever uses it. */
  async passive(from = '127.0.0.1'): Promise<Socket> {
    const { text } = await this.command('EPSV')
    const [, port] = /\|\|\|(\d+)\|/.exec(text) ?? []
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', localAddress: from })
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  /** Runs a command that sends something. @returns the bytes, and the last reply */
  async receive(line: string): Promise<{ bytes: Buffer; reply: FtpReply }> {
    const raw = await this.passive()
    const opening = await this.command(line)
    if (opening.code !== 150 && opening.code !== 125) {
      raw.destroy()
      return { bytes: Buffer.alloc(0), reply: opening }
    }
    const bytes = await buffer(this.#dataOn(raw)).catch(() => Buffer.alloc(0))
    raw.end()
    return { bytes, reply: await this.reply() }
  }

  /** Uploads bytes. @returns the last reply */
  async store(line: string, bytes: string | Uint8Array, end: UploadEnd = 'proper'): Promise<FtpReply> {
    const raw = await this.passive()
    const opening = await this.command(line)
    if (opening.code !== 150 && opening.code !== 125) {
      raw.destroy()
      return opening
    }
    const data = this.#dataOn(raw)
    if (data !== raw) await once(data, 'secureConnect')
    await new Promise<void>((resolve) => data.write(bytes, () => resolve()))
    if (end === 'proper') data.end()
    else if (end === 'fin') raw.end()
    else raw.resetAndDestroy()
    const reply = await this.reply()
    raw.destroy()
    return reply
  }

  [Symbol.dispose](): void {
    this.#raw.destroy()
  }

  #dataOn(raw: Socket): Socket {
    if (!this.#isProtected) return raw
    const { session } = this
    const data = tls.connect({ socket: raw, rejectUnauthorized: false, ...(session && { session }) })
    data.on('error', () => {})
    return data
  }

  #listen(socket: Socket): void {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString()
      this.#wake()
    })
    socket.on('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
  }
}
