import os from 'node:os'
import { workerData } from 'node:worker_threads'
import { DISCOVERY_TYPE } from '@ftp/protocol'
import { Bonjour } from 'bonjour-service'
import type { Announcement } from './announce.ts'

/** How often to check for new addresses of the machine, in milliseconds. */
const LOOK_MS = 15_000

const { port, fingerprint }: Announcement = workerData
const responders = new Map<string, Bonjour>()

look()
setInterval(look, LOOK_MS)

/** Each address needs its own responder: a single one would use only the network of the default route. */
function look(): void {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outside = all.filter(({ internal, family }) => !internal && family === 'IPv4')
  const addresses = new Set(outside.map(({ address }) => address))
  for (const [address, responder] of responders) {
    if (addresses.has(address)) continue
    responder.destroy()
    responders.delete(address)
  }
  for (const address of addresses) if (!responders.has(address)) responders.set(address, tell(address))
}

function tell(address: string): Bonjour {
  // These options are for multicast-dns, which the library uses; the library's own types lack them.
  const network: object = { interface: address, bind: '0.0.0.0' }
  // If one responder fails, the others continue, and the next check starts a new one.
  const responder = new Bonjour(network, () => responders.delete(address))
  responder.publish({
    // Unique on the network, but still readable.
    name: `${os.hostname()} ${fingerprint?.slice('sha256:'.length, 'sha256:'.length + 6) ?? port}`,
    type: DISCOVERY_TYPE,
    port,
    probe: false,
    ...(fingerprint !== undefined && { txt: { fingerprint } }),
  })
  return responder
}
