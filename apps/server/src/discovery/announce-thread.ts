import os from 'node:os'
import { workerData } from 'node:worker_threads'
import { DISCOVERY_TYPE } from '@ftp/protocol'
import { Bonjour } from 'bonjour-service'
import type { Announcement } from './announce.ts'

/** How often it is looked whether the machine has other addresses, in milliseconds. */
const LOOK_MS = 15_000

const { port, fingerprint }: Announcement = workerData
const responders = new Map<string, Bonjour>()

look()
setInterval(look, LOOK_MS)

/** One responder for each address: a single one would speak to the network of the default route alone. */
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
  // Options of multicast-dns below it, which its types leave out.
  const network: object = { interface: address, bind: '0.0.0.0' }
  // A failure leaves the others; another look tries again.
  const responder = new Bonjour(network, () => responders.delete(address))
  responder.publish({
    // Unique on the network, and still a name.
    name: `${os.hostname()} ${fingerprint?.slice('sha256:'.length, 'sha256:'.length + 6) ?? port}`,
    type: DISCOVERY_TYPE,
    port,
    probe: false,
    ...(fingerprint !== undefined && { txt: { fingerprint } }),
  })
  return responder
}
