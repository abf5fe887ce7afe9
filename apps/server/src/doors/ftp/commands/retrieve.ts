import { formatPath } from '@ftp/protocol'
import { openFile } from '../../../share/read-range.ts'
import { BlockPayload } from '../../sending/payload.ts'
import { transfer } from '../data/transfer.ts'
import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'

/** RETR: sends a file, from the offset of REST. Every byte is checked before it is sent. */
export async function retrieve(session: Session, argument: string): Promise<Reply> {
  const { restart } = session
  const share = await session.share()
  const path = session.resolve(argument)
  await using file = await openFile(share, path)
  const { size } = file.entry
  if (restart > size) throw new Refusal(554, `"${formatPath(path)}" has ${size} bytes`)
  const opening = { code: 150, text: `sending ${size - restart} bytes` }
  await transfer(session, 'out', opening, async ({ channel, signal }) => {
    for await (const { offset, block } of file.read(restart, size, signal))
      await channel.send(new BlockPayload(block, (buffer, at) => file.readAgain(buffer, offset + at)))
  })
  return { code: 226, text: `sent ${size - restart} bytes` }
}
