import { setImmediate } from 'node:timers/promises'
import type { Block } from '@ftp/md5'
import type { RemotePath, Request } from '@ftp/protocol'
import { copy } from '../../share/copy.ts'
import { mkdir } from '../../share/mkdir.ts'
import { move } from '../../share/move.ts'
import { discardUpload } from '../../share/own-uploads.ts'
import { passwd } from '../../share/passwd.ts'
import { remove } from '../../share/remove.ts'
import { setstat } from '../../share/setstat.ts'
import type { Share } from '../../share/share.ts'
import { stat } from '../../share/stat.ts'
import { usage } from '../../share/usage.ts'
import { credentials } from './credentials.ts'
import { digest } from './digest.ts'
import type { Exchange } from './exchange.ts'
import { follow } from './follow.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { mget } from './mget.ts'
import { mput } from './mput.ts'
import { put } from './put.ts'
import { uploads } from './uploads.ts'
import { PROGRESS_MS, verifierOf } from './wire.ts'

/** The requests that a client can make after the login. */
export type ServedRequest = Exclude<Request, { type: 'hello' | 'login' }>

/** Answers one request of a logged-in client, up to its last reply. */
export async function serve(
  exchange: Exchange,
  share: Share,
  request: ServedRequest,
  payload: Block,
): Promise<void> {
  switch (request.type) {
    case 'get':
      return await get(exchange, share, request)
    case 'put':
      return await put(exchange, share, request, payload)
    case 'mget':
      return await mget(exchange, share, request)
    case 'mput':
      return await mput(exchange, share, request, payload)
    case 'follow':
      return await follow(exchange, share, request)
    case 'list':
      return await list(exchange, share, request.path, request.recursive === true)
    case 'stat':
      return await exchange.reply({ type: 'entry', ...(await stat(share, request.path)) })
    case 'digest':
      return await digest(exchange, share, request)
    case 'mkdir':
      await mkdir(share, request.path, request.parents === true)
      return await exchange.reply({ type: 'done' })
    case 'setstat':
      await setstat(share, request.path, request)
      return await exchange.reply({ type: 'done' })
    case 'remove':
      await exchange.keepAlive(() => remove(share, request.path, request.recursive === true))
      return await exchange.reply({ type: 'done' })
    case 'move': {
      const { path, to, ifExists } = request
      const name = await move(share, path, to, ifExists)
      if (name === undefined)
        return await exchange.reply({ type: 'skipped', entry: (await stat(share, to)).entry })
      return await exchange.reply({ type: 'done', ...(name !== to.at(-1) && { name }) })
    }
    case 'copy':
      return await copyOn(exchange, share, request)
    case 'usage':
      return await count(exchange, share, request.path)
    case 'uploads':
      return await uploads(exchange, share)
    case 'discard': {
      const { path, key } = request
      await exchange.keepAlive(() => discardUpload(share, path, key, exchange.signal))
      return await exchange.reply({ type: 'done' })
    }
    case 'passwd':
      await passwd(share, verifierOf(request))
      return await exchange.reply({ type: 'done' })
    case 'share':
    case 'shares':
    case 'unshare':
    case 'token':
    case 'tokens':
    case 'revoke':
      return await credentials(exchange, share, request)
    case 'ping':
      return await exchange.reply({ type: 'done' })
    default:
      request satisfies never
  }
}

async function copyOn(
  exchange: Exchange,
  share: Share,
  { path, to, ifExists, recursive }: Extract<ServedRequest, { type: 'copy' }>,
): Promise<void> {
  const { signal } = exchange
  const options = { from: path, to, ifExists, isRecursive: recursive === true, signal }
  const copied = await exchange.keepAlive(() => copy(share, options))
  if (copied === undefined)
    return await exchange.reply({ type: 'skipped', entry: (await stat(share, to)).entry })
  const { name, leftOut } = copied
  await exchange.reply({
    type: 'done',
    ...(name !== to.at(-1) && { name }),
    ...(leftOut > 0 && { leftOut }),
  })
}

async function count(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  const progress = exchange.progressEvery(PROGRESS_MS)
  const counting = usage(share, path, async () => {
    await setImmediate()
    await progress(0, 0)
  })
  const counted = await exchange.keepAlive(() => counting)
  await exchange.reply({ type: 'usage', ...counted })
}
