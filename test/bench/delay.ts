import net from 'node:net'
import { DELAYED } from './peer.ts'

/*
 * A long line: what is sent to a port + DELAYED comes to the port so many milliseconds later, and so do the answers.
 * The kernels that this runs on often have no netem.
 */

const [oneWay = 0, ...ports] = process.argv.slice(2).map(Number)

for (const port of ports)
  net
    .createServer({ noDelay: true }, (near) => {
      const far = net.connect({ port, host: '127.0.0.1', noDelay: true })
      carry(near, far)
      carry(far, near)
    })
    .listen(port + DELAYED, '127.0.0.1', () => console.log(port))

/** Timers of one length end in the order in which they began. */
function carry(from: net.Socket, to: net.Socket): void {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), oneWay))
  from.on('end', () => setTimeout(() => to.end(), oneWay))
  from.on('error', () => to.destroy())
}
