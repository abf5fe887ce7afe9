/*
 * What the doors use of `node:http`. An `import` reads all exports of a module, and reading `WebSocket` here makes
 * Node.js load an HTTP client, undici: about 40 ms of processor time in every handler thread.
 */
export const { createServer, METHODS, STATUS_CODES } = process.getBuiltinModule('node:http')
