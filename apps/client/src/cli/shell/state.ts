import type { Client } from '../../client.ts'
import type { Here } from '../command-context.ts'
import type { Jobs } from './jobs.ts'

/** What the shell's own commands read and change. */
export interface ShellState {
  readonly client: Client
  readonly jobs: Jobs
  here: Here
  /** Set by `exit`. */
  ended: boolean
}
