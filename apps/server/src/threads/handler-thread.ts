import type { Socket } from 'node:net'
import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PERMISSIONS } from '@ftp/protocol'
import type { Config } from '../config.ts'
import { Conversation, type ConversationOptions } from '../conversation/conversation.ts'
import type { Share } from '../share/share.ts'
import { openDatabase } from '../state/database.ts'
import { Digests } from '../state/digests.ts'
import { exclusively } from '../state/transaction.ts'
import { Disk } from '../storage/disk.ts'
import type { ThreadData, ToMain, ToThread } from './messages.ts'
import { secureWith } from './secure.ts'
import { ThreadLeases } from './thread-leases.ts'

/*
 * The entry of a handler thread. It serves the connections that the main thread hands over, each from its first
 * byte to its last.
 */

const port = parentPort
if (port === null) throw new Error('handler-thread.ts is started by the server, as a worker thread')

const { config, identity }: ThreadData = workerData
const send = (message: ToMain): void => port.postMessage(message)
const leases = new ThreadLeases(send)
const options = conversationOptions(config)
const secure = identity === undefined ? undefined : secureWith(identity)
const conversations = new Set<Conversation>()

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'connection':
      return converse(message.socket)
    case 'lease-granted':
    case 'lease-wanted':
      return leases.receive(message)
    case 'drain':
      return drain()
    default:
      message satisfies never
  }
})
send({ type: 'ready' })

function converse(socket: Socket): void {
  socket.setNoDelay(true).setKeepAlive(true, 30_000)
  const conversation = new Conversation(secure?.(socket) ?? socket, options, () => {
    conversations.delete(conversation)
    send({ type: 'connection-closed' })
  })
  conversations.add(conversation)
  socket.resume()
}

function drain(): void {
  for (const conversation of conversations) conversation.drain()
}

function conversationOptions({ root, state, anonymous, timeouts, name }: Config): ConversationOptions {
  const database = openDatabase(path.join(state, 'state.db'))
  const storage = new Disk(root, (action) => exclusively(database, action))
  const digests = new Digests(database)
  const permissions = anonymous === 'write' ? PERMISSIONS : (['list', 'read'] as const)
  return {
    server: name,
    anonymous: anonymous === 'none' ? undefined : { name: 'anonymous', permissions },
    shareOf: (account): Share => ({ account, storage, digests, leases }),
    timeouts,
    onFault: (error) => send({ type: 'fault', message: error.stack ?? error.message }),
  }
}
