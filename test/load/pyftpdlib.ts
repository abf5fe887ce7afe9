import { spawnSync } from 'node:child_process'
import { enterFtp, makeCertificate } from './ftp.ts'
import { launch, type Peer } from './peer.ts'

const PYTHON = '/usr/bin/python3'
const PROGRAM = `
import logging, sys
logging.basicConfig(level=logging.ERROR)
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer
folder, port, certificate = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_anonymous(folder)
handler = TLS_FTPHandler
handler.certfile = certificate
handler.authorizer = authorizer
handler.tls_control_required = True
handler.tls_data_required = True
server = FTPServer(('127.0.0.1', int(port)), handler, backlog=500)
server.max_cons = 10000
server.serve_forever()
`

/** FTP over TLS, as a Python library serves it in one process with one loop. */
export const PYFTPDLIB: Peer = {
  name: 'pyftpdlib',
  package: 'python3-pyftpdlib',
  isHere: () => spawnSync(PYTHON, ['-c', 'import pyftpdlib']).status === 0,
  start: (folder, port, setup) => launch(PYTHON, ['-c', PROGRAM, folder, `${port}`, makeCertificate(setup)]),
  enter: enterFtp,
}
