export type { AnonymousAccess, Config, ServerOptions } from './config.ts'
export { type Server, startServer } from './server.ts'
