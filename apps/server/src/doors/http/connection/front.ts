import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Door } from '../../door.ts'
import { createServer } from '../../node-http.ts'
import { Connection, type Handler } from './connection.ts'

/** The maximum size of a request's header, in bytes, and the maximum number of its fields. */
const [HEADER_BYTES, HEADER_FIELDS] = [16_384, 100]

const TOO_LARGE = '431 Request Header Fields Too Large'
/** The status of the answer to each error of the parser; any other error is 400. */
const PARSER_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: TOO_LARGE,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
}

/**
 * The door for HTTP/1.1. Node.js parses the requests of sockets that this server has not accepted itself, so none
 * of its own time limits applies, and each connection has those of all doors.
 */
export function httpDoor(handle: Handler): Door {
  const connections = new WeakMap<Duplex, Connection>()
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: HEADER_BYTES,
    requireHostHeader: true,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    noDelay: true,
    shouldUpgradeCallback: () => false,
  })
  // One more than is allowed, so that a header with too many fields is noticed.
  server.maxHeadersCount = HEADER_FIELDS + 1
  // Only our own deadlines end a connection.
  server.on('timeout', () => {})
  const take = (request: IncomingMessage, response: ServerResponse, isExpected: boolean): void => {
    const connection = connections.get(request.socket)
    if (connection === undefined) request.socket.destroy()
    else if (request.rawHeaders.length > 2 * HEADER_FIELDS) connection.reject(TOO_LARGE)
    else connection.take(request, response, isExpected)
  }
  server.on('request', (request, response) => take(request, response, false))
  server.on('checkContinue', (request, response) => take(request, response, true))
  server.on('checkExpectation', (_, response: ServerResponse) => {
    response.writeHead(417, { Connection: 'close', 'Content-Length': 0 }).end()
  })
  server.on('connect', (_, socket) => socket.destroy())
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.get(socket)
    const isBroken = error.code?.startsWith('HPE_') !== true || error.code === 'HPE_INVALID_EOF_STATE'
    if (isBroken || connection === undefined) socket.destroy()
    else connection.reject(PARSER_STATUS[error.code ?? ''] ?? '400 Bad Request')
  })
  return (socket, peer, guards) => {
    const connection = new Connection(socket, peer, guards, handle)
    connections.set(socket, connection)
    server.emit('connection', socket)
    return connection
  }
}
