import type { Client } from '../../client.ts'
import type { Here } from '../command-context.ts'
import type { Jobs } from './jobs.ts'

/** The state that the shell's own commands read and change. */
export interface ShellState {
  readonly client: Client
  readonly jobs: Jobs
  here: Here
  /** True after `exit`. */
  ended: boolean
}
