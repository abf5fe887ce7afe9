import { BLOCK_SIZE, giveBlock } from '@ftp/md5'
import { LIMITS, type PutRequest, parsePath, TransferError } from '@ftp/protocol'
import * as share from '../share/put.ts'
import type { Share } from '../share/share.ts'
import { Upload } from '../share/upload.ts'
import type { Exchange, Part } from './exchange.ts'
import { bytesOf } from './wire.ts'

/** How often one block is asked for again before the upload fails. */
const RESENDS = 5

/** Answers a put whose file comes in data frames: `ready`, the client's data, and `stored`. */
export async function put(
  exchange: Exchange,
  on: Share,
  request: PutRequest,
  payload: Uint8Array,
): Promise<void> {
  if (payload.length > 0)
    throw new TransferError('bad_request', 'a put carries the whole file with its md5, or nothing')
  const begun = await share.put(on, parsePath(request.path), request)
  if (!(begun instanceof Upload)) return await exchange.reply(begun)
  await using upload = begun
  const taken = (): void => exchange.abort(TransferError.from(upload.signal?.reason))
  upload.signal?.addEventListener('abort', taken)
  if (upload.signal?.aborted) taken()

  try {
    await receive(exchange, upload, request.length)
    await exchange.reply(await exchange.keepAlive(() => upload.commit()))
  } catch (error) {
    const { code, advice } = TransferError.from(error)
    // A stream cannot be sent again from its start by a later run, and this one will not come back.
    if (request.length === null && advice === 'stop' && code !== 'taken_over') upload.abandon()
    throw error
  }
}

async function receive(exchange: Exchange, upload: Upload, length: number | null): Promise<void> {
  if (upload.held >= BLOCK_SIZE) await proveHeld(exchange, upload)
  await upload.dropUnproven()
  exchange.expected = 'data'
  await exchange.reply({ type: 'ready', offset: upload.position, window: LIMITS.window })

  let refused = 0
  for (let ended = false; !ended; ) {
    const { message, payload } = await exchange.next()
    if (message.type !== 'data') throw new TransferError('protocol', 'data was expected')
    // What was under way when a block was asked for again: it will come again behind that block.
    if (refused > 0 && message.offset !== upload.position) {
      giveBlock(payload)
      continue
    }
    requireInPlace({ message, payload }, upload.position, length)

    const appended = upload.append(payload, bytesOf(message.md5), message.last === true)
    if (appended === undefined) {
      if (++refused > RESENDS)
        throw new TransferError(
          'checksum',
          `the block at ${upload.position} arrived damaged ${refused} times`,
        )
      giveBlock(payload)
      await exchange.reply({ type: 'resend', offset: upload.position })
      continue
    }
    refused = 0
    await appended.written
    giveBlock(payload)
    await exchange.reply({ type: 'ack', offset: upload.position })
    ended = message.last === true
  }
  exchange.expected = undefined
}

/** Tells what an earlier attempt left and checks it against the client's chain. */
async function proveHeld(exchange: Exchange, upload: Upload): Promise<void> {
  exchange.expected = 'chain'
  await exchange.reply({
    type: 'ready',
    offset: upload.held - (upload.held % BLOCK_SIZE),
    window: LIMITS.window,
  })
  for (let holds = true, ended = false; !ended; ) {
    const { message, payload } = await exchange.next()
    if (message.type !== 'chain') throw new TransferError('protocol', 'a chain was expected')
    if (holds && message.offset !== upload.position)
      throw new TransferError('protocol', 'a chain was expected in order')
    holds &&= await exchange.keepAlive(() => upload.prove(payload))
    giveBlock(payload)
    ended = message.last === true
    if (holds && !ended) await exchange.reply({ type: 'progress', done: upload.position, total: upload.held })
  }
}

function requireInPlace({ message, payload }: Part, position: number, length: number | null): void {
  const last = message.type === 'data' && message.last === true
  const end = position + payload.length
  if (message.offset !== position)
    throw new TransferError('protocol', `data at ${message.offset} where ${position} was expected`)
  if (payload.length < BLOCK_SIZE && !last)
    throw new TransferError('protocol', 'only the last data may be shorter than a block')
  if (length !== null && (end > length || last !== (end === length)))
    throw new TransferError('bad_request', `the file was announced with ${length} bytes`)
}
