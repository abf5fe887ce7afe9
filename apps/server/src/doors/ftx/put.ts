import { BLOCK_SIZE, type Block } from '@ftp/md5'
import { LIMITS, type PutRequest, TransferError, type WholePut } from '@ftp/protocol'
import { ChainedUpload } from '../../share/chained-upload.ts'
import { mput } from '../../share/mput.ts'
import * as share from '../../share/put.ts'
import type { Share } from '../../share/share.ts'
import type { Outcome } from '../../share/upload.ts'
import type { Exchange, Part } from './exchange.ts'
import { toOffer } from './mput.ts'
import { bytesOf } from './wire.ts'

/** The number of times that one block is requested again before the upload fails. */
const RESENDS = 5

/**
 * Answers a put: `ready`, the client's data, and `stored`. If the request carries the file, the answer is
 * `stored` alone.
 */
export async function put(exchange: Exchange, on: Share, request: PutRequest, payload: Block): Promise<void> {
  const { md5 } = request
  if (payload.length !== (md5 === undefined ? 0 : request.length))
    throw new TransferError('bad_request', 'a put carries the whole file with its md5, or nothing')
  if (md5 !== undefined)
    return await putWhole(exchange, on, { ...request, md5, length: payload.length }, payload)
  const begun = await exchange.keepAlive(() => share.put(on, request.path, request, exchange.signal))
  if (!(begun instanceof ChainedUpload)) return await exchange.reply(begun)
  // The upload is closed before the answer: if that fails, the failure is the only final reply.
  await exchange.reply(await store(exchange, begun, request.length))
}

/** Receives the file and stores it. Closes the upload. */
async function store(exchange: Exchange, begun: ChainedUpload, length: number | null): Promise<Outcome> {
  await using upload = begun
  const taken = (): void => exchange.abort(TransferError.from(upload.signal?.reason))
  upload.signal?.addEventListener('abort', taken)
  if (upload.signal?.aborted) taken()

  try {
    await receive(exchange, upload, length)
    return await exchange.keepAlive(() => upload.commit())
  } catch (error) {
    const { code, advice } = TransferError.from(error)
    // A later run cannot send a stream again from its start, and this run does not continue.
    if (length === null && advice === 'stop' && code !== 'taken_over') upload.abandon()
    throw error
  }
}

async function putWhole(
  exchange: Exchange,
  on: Share,
  request: PutRequest & WholePut,
  payload: Block,
): Promise<void> {
  const offer = toOffer(request, request.ifExists, payload.bytes)
  const [outcome] = await exchange.keepAlive(() => mput(on, [offer]))
  if (outcome === undefined) throw new TransferError('internal', 'a put without an outcome')
  if (outcome instanceof TransferError) throw outcome
  await exchange.reply(outcome)
}

async function receive(exchange: Exchange, upload: ChainedUpload, length: number | null): Promise<void> {
  if (upload.held >= BLOCK_SIZE) await proveHeld(exchange, upload)
  /** How often each block has been requested again, and which of these have not arrived yet. */
  const again = new Map<number, number>()
  const asked = new Set<number>()
  const intake = await upload.receive((offset) => {
    const times = (again.get(offset) ?? 0) + 1
    again.set(offset, times)
    asked.add(offset)
    if (times > RESENDS)
      return exchange.abort(
        new TransferError('checksum', `the block at ${offset} arrived damaged ${times} times`),
      )
    exchange.tell({ type: 'resend', offset })
  })
  exchange.expected = 'data'
  await exchange.reply({ type: 'ready', offset: intake.received, window: LIMITS.windowMax })

  try {
    for (let ended = false; !ended || asked.size > 0; ) {
      const { message, payload } = await exchange.next()
      using block = payload
      if (message.type !== 'data') throw new TransferError('protocol', 'data was expected')
      if (asked.delete(message.offset)) requireSame({ message, payload }, intake.received)
      else {
        requireInPlace({ message, payload }, intake.received, length, ended)
        ended = message.last === true
      }
      const md5 = bytesOf(message.md5)
      const size = message.last ? message.offset + block.length : undefined
      if (size !== undefined) upload.ends(size, md5)
      await intake.take(message.offset, block, md5, size)
      if (ended) await exchange.keepAlive(() => intake.settled())
      // Do not wait for the socket: the bytes that have arrived would stay in memory until the client reads.
      exchange.tell({ type: 'ack', offset: intake.received, proven: upload.position })
    }
  } finally {
    // After the upload is closed, nothing may write to it.
    await intake.settled().catch(() => {})
  }
  exchange.expected = undefined
}

/** Reports the bytes that an earlier attempt left, and checks them against the client's chain. */
async function proveHeld(exchange: Exchange, upload: ChainedUpload): Promise<void> {
  exchange.expected = 'chain'
  await exchange.reply({
    type: 'ready',
    offset: upload.held - (upload.held % BLOCK_SIZE),
    window: LIMITS.windowMax,
  })
  for (let holds = true, ended = false; !ended; ) {
    const { message, payload } = await exchange.next()
    using claims = payload
    if (message.type !== 'chain') throw new TransferError('protocol', 'a chain was expected')
    if (holds && message.offset !== upload.position)
      throw new TransferError('protocol', 'a chain was expected in order')
    holds &&= await exchange.keepAlive(() => upload.prove(claims.bytes))
    ended = message.last === true
    if (holds && !ended) await exchange.reply({ type: 'progress', done: upload.position, total: upload.held })
  }
}

/** A block that is sent again must have its original length. */
function requireSame({ message, payload }: Part, received: number): void {
  if (payload.length !== Math.min(BLOCK_SIZE, received - message.offset))
    throw new TransferError('protocol', `the block at ${message.offset} came again with another length`)
}

function requireInPlace(
  { message, payload }: Part,
  position: number,
  length: number | null,
  ended: boolean,
): void {
  const last = message.type === 'data' && message.last === true
  const end = position + payload.length
  if (ended || message.offset !== position)
    throw new TransferError(
      'protocol',
      `data at ${message.offset} where ${ended ? 'none' : position} was expected`,
    )
  if (payload.length < BLOCK_SIZE && !last)
    throw new TransferError('protocol', 'only the last data may be shorter than a block')
  if (length !== null && (end > length || last !== (end === length)))
    throw new TransferError('bad_request', `the file was announced with ${length} bytes`)
}
