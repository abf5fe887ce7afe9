import { formatPath } from '@ftp/protocol'
import { openFile, type ReadableFile } from '../../../share/read-range.ts'
import { BlockPayload, small } from '../../sending/payload.ts'
import type { DataChannel } from '../data/data-channel.ts'
import { transfer } from '../data/transfer.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import { TextSender } from '../wire/text.ts'
import { requireImage } from './settings.ts'

/** The number of bytes of a text that are converted at a time. */
const TEXT_PIECE = 32_768

/** RETR: sends a file, from the offset of REST. Every byte is checked before it is sent. */
export async function retrieve(session: Session, argument: string): Promise<Reply> {
  const { restart, isText } = session
  requireImage(session, restart)
  const share = await session.share()
  const path = session.resolve(argument)
  await using file = await openFile(share, path)
  const { size } = file.entry
  if (restart > size) throw new Refusal(554, `"${formatPath(path)}" has ${size} bytes`)
  const opening = { code: 150, text: `sending ${size - restart} bytes` }
  await transfer(session, 'out', opening, async ({ channel, signal }) => {
    if (isText) return await sendText(file, channel, signal)
    for await (const { offset, block } of file.read(restart, size, signal))
      await channel.send(new BlockPayload(block, (buffer, at) => file.readAgain(buffer, offset + at)))
  })
  return { code: 226, text: `sent ${size - restart} bytes` }
}

/** Sends a file with its lines converted. */
async function sendText(file: ReadableFile, channel: DataChannel, signal: AbortSignal): Promise<void> {
  const buffer = Buffer.alloc(TEXT_PIECE)
  const text = new TextSender()
  for (let offset = 0; offset < file.entry.size; ) {
    const count = await file.readAt(buffer, offset, signal)
    await channel.send(small(text.toWire(buffer.subarray(0, count))))
    offset += count
  }
}
