import { HTTPS } from './https.ts'
import { OURS } from './ours.ts'
import type { Peer } from './peer.ts'
import { PYFTPDLIB } from './pyftpdlib.ts'
import { VSFTPD } from './vsftpd.ts'

/** All servers that are compared. */
export const PEERS: readonly Peer[] = [OURS, HTTPS, VSFTPD, PYFTPDLIB]
