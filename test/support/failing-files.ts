import fs from 'node:fs'
import path from 'node:path'

/*
 * Makes calls of this process on files fail. Must be imported before any module that keeps references to
 * functions of node:fs. Servers run in threads of their own, whose calls are not affected.
 */

/** How a call fails: with an error, or by moving half of the bytes that it should. */
export type Fault = { readonly errno: string } | { readonly half: true }

/** For each call, the argument that identifies its file, and how the call reports an error. */
const BY_PATH = {
  ...{ openSync: 'sync', statSync: 'sync', lstatSync: 'sync', statfsSync: 'sync', readdirSync: 'sync' },
  ...{ renameSync: 'sync', linkSync: 'sync', unlinkSync: 'sync', mkdirSync: 'sync' },
  ...{ chmodSync: 'sync', utimesSync: 'sync' },
} as const
const BY_DESCRIPTOR = {
  ...{ read: 'callback', write: 'callback', fsync: 'callback' },
  ...{ readSync: 'sync', writeSync: 'sync', fsyncSync: 'sync', fstatSync: 'sync', ftruncateSync: 'sync' },
  ...{ fchmodSync: 'sync', futimesSync: 'sync' },
} as const
type Call = keyof typeof BY_PATH | keyof typeof BY_DESCRIPTOR
type Anything = (...given: unknown[]) => unknown

/** Called for each call on files of one folder, to decide how the call fails; undefined lets it succeed. */
export type Decide = (call: Call) => Fault | undefined

let folder: string | undefined
let decide: Decide = () => undefined
/** The descriptors of files in that folder. */
const descriptors = new Set<unknown>()

for (const call of Object.keys({ ...BY_PATH, ...BY_DESCRIPTOR }) as Call[]) wrap(call)

/** Runs an action while `decided` decides about the calls on files below `below`. */
export async function withFaults<T>(below: string, decided: Decide, action: () => Promise<T>): Promise<T> {
  descriptors.clear()
  folder = below
  decide = decided
  try {
    return await action()
  } finally {
    folder = undefined
  }
}

function wrap(call: Call): void {
  const original = Reflect.get(fs, call) as Anything
  const way = { ...BY_PATH, ...BY_DESCRIPTOR }[call]
  const wrapped = (...given: unknown[]): unknown => {
    if (!isMeant(call, given[0])) return original(...given)
    const fault = decide(call)
    if (fault !== undefined && 'errno' in fault) {
      const error = Object.assign(new Error(`${fault.errno}: ${call}`), { code: fault.errno, syscall: call })
      if (way === 'sync') throw error
      const done = given.at(-1) as Anything
      setImmediate(() => done(error))
      return
    }
    const result = original(...(fault === undefined ? given : halved(call, given)))
    if (call === 'openSync') descriptors.add(result)
    return result
  }
  // The promisified read and write return an object; the property that makes them do so is kept.
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original))
  Reflect.set(fs, call, wrapped)
}

function isMeant(call: Call, subject: unknown): boolean {
  if (folder === undefined) return false
  if (call in BY_DESCRIPTOR) return descriptors.has(subject)
  return typeof subject === 'string' && path.resolve(subject).startsWith(folder)
}

/** The arguments of a read or write of half the length. */
function halved(call: Call, given: readonly unknown[]): unknown[] {
  const [fd, buffer, offset = 0, length, ...rest] = given
  if (!['read', 'write', 'readSync', 'writeSync'].includes(call) || !(buffer instanceof Uint8Array))
    return [...given]
  const whole = typeof length === 'number' ? length : buffer.length - Number(offset)
  return [fd, buffer, offset, Math.max(1, Math.floor(whole / 2)), ...rest]
}
