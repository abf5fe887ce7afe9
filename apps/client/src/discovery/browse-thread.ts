import os from 'node:os'
import { parentPort } from 'node:worker_threads'
import { DISCOVERY_TYPE } from '@ftp/protocol'
import { Bonjour, type Service } from 'bonjour-service'

/** One question into each network: a single one would go into that of the default route alone. */
const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? [])
for (const { internal, family, address } of all) {
  if (internal || family !== 'IPv4') continue
  // Options of multicast-dns below it, which its types leave out.
  const network: object = { interface: address, bind: '0.0.0.0' }
  const asker = new Bonjour(network, () => {})
  asker.find({ type: DISCOVERY_TYPE }, tell)
}

/** The address that the answer came from is one that can be reached from here; those in it need not be. */
function tell({ name, port, txt, referer, addresses }: Service): void {
  const host = referer?.address ?? addresses?.[0]
  const fingerprint: unknown = txt?.fingerprint
  parentPort?.postMessage({ name, host, port, ...(fingerprint !== undefined && { fingerprint }) })
}
