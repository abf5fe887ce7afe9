import type { Session } from '../session/session.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { Commands } from './command-spec.ts'
import { retrieve } from './retrieve.ts'
import { append, store, storeUnique } from './store.ts'

/** Transfers of files. */
export const transfers: Commands = {
  RETR: { run: retrieve, takes: 'a file', usesData: true },
  STOR: { run: store, takes: 'a file', usesData: true },
  STOU: { run: storeUnique, usesData: true },
  APPE: { run: append, takes: 'a file', usesData: true },
  ABOR: { run: abor, isOpen: true },
  SMNT: { run: async () => Promise.reject(new Refusal(502, 'there is nothing to mount')) },
}

/** A running transfer has ended when this is answered: it is cancelled as soon as the command arrives. */
async function abor(session: Session): Promise<Reply> {
  const { hasCancelled } = session
  session.hasCancelled = false
  return hasCancelled
    ? { code: 226, text: 'the transfer has ended' }
    : { code: 225, text: 'no transfer is running' }
}
