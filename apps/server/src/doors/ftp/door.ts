import type { Door } from '../door.ts'
import { Connection } from './control/connection.ts'
import type { FtpOptions } from './session/options.ts'

/** The door for FTP (RFC 959), with TLS (RFC 4217). */
export function ftpDoor(options: FtpOptions): Door {
  return (socket, peer, guards) => new Connection(socket, peer, guards, options)
}
