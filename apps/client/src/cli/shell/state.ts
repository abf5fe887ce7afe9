import type { Session } from '../../session/session.ts'
import type { Here } from '../context.ts'
import type { Jobs } from './jobs.ts'

/** What the shell's own commands read and change. */
export interface ShellState {
  readonly session: Session
  readonly jobs: Jobs
  here: Here
  /** Set by `exit`. */
  ended: boolean
}
