import { CLIENT } from './client.ts'
import { provePowerLoss } from './proof.ts'

provePowerLoss(CLIENT, 10_000)
