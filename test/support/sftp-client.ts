import { once } from 'node:events'
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2'
import { OPEN, REPLY, REQUEST, STATUS } from '../../apps/server/src/doors/sftp/wire/codes.ts'
import { Packets } from '../../apps/server/src/doors/sftp/wire/packets.ts'
import { PASSWORD } from './accounts.ts'

/** A reply of the server, without its id. */
export interface SftpReply {
  readonly type: number
  readonly content: Buffer
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
export const uint64 = (value: bigint | number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
export const string = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}
/** No attributes. */
export const NO_ATTRIBUTES = uint32(0)

/** The code of a status, by its name; `none` for any other reply. */
export function statusOf({ type, content }: SftpReply): string {
  if (type !== REPLY.status) return 'none'
  const code = content.readUInt32BE()
  return Object.entries(STATUS).find(([, each]) => each === code)?.[0] ?? String(code)
}

/** A client of SFTP that sends whatever a test gives it. */
export class SftpClient implements AsyncDisposable {
  readonly ssh: ssh2.Client
  readonly channel: ClientChannel
  /** The ids of the replies, in the order in which they came. */
  readonly answered: number[] = []
  readonly #waiting = new Map<number, PromiseWithResolvers<SftpReply>>()
  readonly #version = Promise.withResolvers<Record<string, string>>()
  #next = 1

  private constructor(ssh: ssh2.Client, channel: ClientChannel) {
    this.ssh = ssh
    this.channel = channel
    const packets = new Packets()
    channel.on('data', (chunk: Buffer) => {
      for (const packet of packets.take(chunk)) this.#receive(packet)
    })
    channel.once('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the channel has been closed'))
    })
  }

  /** Logs in as anna, unless the options say otherwise, and opens a channel. */
  static async connect(
    server: { readonly host: string; readonly port: number },
    options: Partial<ConnectConfig> = {},
  ): Promise<SftpClient> {
    return await SftpClient.open(await connectSsh(server, options))
  }

  /** Opens another channel of a connection, and greets the server. */
  static async open(ssh: ssh2.Client): Promise<SftpClient> {
    const client = await SftpClient.openSilently(ssh)
    client.send(Buffer.concat([Buffer.of(REQUEST.init), uint32(3)]))
    await client.extensions
    return client
  }

  /** Opens a channel in which nothing has been sent yet. */
  static async openSilently(ssh: ssh2.Client): Promise<SftpClient> {
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      ssh.subsys('sftp', (error, opened) => (error === undefined ? resolve(opened) : reject(error))),
    )
    return new SftpClient(ssh, channel)
  }

  /** What the server has announced. */
  get extensions(): Promise<Record<string, string>> {
    return this.#version.promise
  }

  /** Sends a packet. */
  send(payload: Uint8Array): void {
    this.channel.write(string(payload))
  }

  /** Sends a request, and resolves to its reply. */
  request(type: number, ...fields: readonly Buffer[]): Promise<SftpReply> {
    const id = this.#next++
    const answered = Promise.withResolvers<SftpReply>()
    this.#waiting.set(id, answered)
    this.send(Buffer.concat([Buffer.of(type), uint32(id), ...fields]))
    return answered.promise
  }

  /** @returns the handle @throws Error with the name of the status */
  async open(path: string, flags: number, attributes = NO_ATTRIBUTES): Promise<Buffer> {
    return handleOf(await this.request(REQUEST.open, string(path), uint32(flags), attributes))
  }

  async write(handle: Buffer, offset: number, data: Uint8Array): Promise<string> {
    return statusOf(await this.request(REQUEST.write, string(handle), uint64(offset), string(data)))
  }

  /** @returns the bytes, or the name of the status */
  async read(handle: Buffer, offset: number, length: number): Promise<Buffer | string> {
    const reply = await this.request(REQUEST.read, string(handle), uint64(offset), uint32(length))
    return reply.type === REPLY.data ? reply.content.subarray(4) : statusOf(reply)
  }

  async close(handle: Buffer): Promise<string> {
    return statusOf(await this.request(REQUEST.close, string(handle)))
  }

  /** @returns the size that the path has for this client, or the name of the status */
  async sizeOf(path: string): Promise<number | string> {
    const reply = await this.request(REQUEST.stat, string(path))
    return reply.type === REPLY.attributes ? Number(reply.content.readBigUInt64BE(4)) : statusOf(reply)
  }

  /** Stores a file. @returns the status of its close */
  async put(path: string, bytes: Uint8Array): Promise<string> {
    const handle = await this.open(path, OPEN.write | OPEN.create | OPEN.truncate)
    await this.write(handle, 0, bytes)
    return await this.close(handle)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.ssh, 'close')
    this.ssh.end()
    await closed
  }

  #receive(packet: Buffer): void {
    if (packet[0] === REPLY.version) return this.#version.resolve(pairsIn(packet.subarray(5)))
    const id = packet.readUInt32BE(1)
    this.answered.push(id)
    this.#waiting.get(id)?.resolve({ type: packet.readUInt8(), content: packet.subarray(5) })
    this.#waiting.delete(id)
  }
}

/** A connection that has logged in as anna, unless the options say otherwise. @throws what ssh2 reports */
export async function connectSsh(
  { host, port }: { readonly host: string; readonly port: number },
  options: Partial<ConnectConfig> = {},
  ssh = new ssh2.Client(),
): Promise<ssh2.Client> {
  ssh.on('error', () => {})
  const ready = once(ssh, 'ready')
  ssh.connect({ host, port, username: 'anna', password: PASSWORD, ...options })
  await ready
  return ssh
}

/** @throws Error with the name of the status */
export function handleOf(reply: SftpReply): Buffer {
  if (reply.type !== REPLY.handle) throw new Error(statusOf(reply))
  return reply.content.subarray(4)
}

function pairsIn(bytes: Buffer): Record<string, string> {
  const texts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    texts.push(bytes.toString('utf8', at + 4, end))
    at = end
  }
  return Object.fromEntries(
    texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? '']] : [])),
  )
}
