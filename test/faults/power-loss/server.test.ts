import { provePowerLoss } from './proof.ts'
import { SERVER } from './server.ts'

provePowerLoss(SERVER, 20_000)
