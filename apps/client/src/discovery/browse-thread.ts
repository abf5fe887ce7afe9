import os from 'node:os'
import { parentPort } from 'node:worker_threads'
import { DISCOVERY_TYPE } from '@ftp/protocol'
import { Bonjour, type Service } from 'bonjour-service'

/** Asks on every network: a single question would go only to the network of the default route. */
const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? [])
for (const { internal, family, address } of all) {
  if (internal || family !== 'IPv4') continue
  // Options of multicast-dns, the library underneath, that the types leave out.
  const network: object = { interface: address, bind: '0.0.0.0' }
  const asker = new Bonjour(network, () => {})
  asker.find({ type: DISCOVERY_TYPE }, tell)
}
parentPort?.postMessage('asked')

/** Reports an answer. The address it came from can be reached from here; those listed in it need not be. */
function tell({ name, port, txt, referer, addresses }: Service): void {
  const host = referer?.address ?? addresses?.[0]
  const fingerprint: unknown = txt?.fingerprint
  parentPort?.postMessage({ name, host, port, ...(fingerprint !== undefined && { fingerprint }) })
}
