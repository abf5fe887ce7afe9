import type { IfExists } from '@ftp/protocol'
import type { Reporter } from '../queue/reporter.ts'
import type { RunOptions } from '../queue/scheduler.ts'
import { SILENT } from '../queue/silent-reporter.ts'
import { Selection, type SelectionOptions } from '../selection/selection.ts'
import type { LinkPolicy } from './local-tree.ts'

/** The options for moving many files, in either direction. */
export interface ManyOptions {
  /** The part of each directory to move. Default: everything. */
  readonly select?: SelectionOptions | Selection | undefined
  /**
   * How many connections share the work. Each moves one large file, or many small ones, at a time. Default:
   * 4.
   */
  readonly jobs?: number | undefined
  /**
   * Receives the events of each file, as the bars and lines of the command do. Default: they are not shown.
   */
  readonly reporter?: Reporter | undefined
}

interface CopyOptions extends ManyOptions {
  /** What to do if a target already exists. Default: `replace`. */
  readonly ifExists?: IfExists | undefined
}

/** The options for fetching files and directories. */
export interface GetManyOptions extends CopyOptions {
  /** How many connections share a large file. Default: 1. */
  readonly streams?: number | undefined
}

/** The options for storing files and directories. */
export interface PutManyOptions extends CopyOptions {
  /**
   * `skip` leaves symbolic links out; `follow` stores the files and directories they lead to. Default:
   * `skip`.
   */
  readonly links?: LinkPolicy | undefined
}

export interface Recursive {
  /** Whether directories may be moved as well. Default: false, which makes a directory an error. */
  readonly recursive?: boolean | undefined
}

/** @throws TransferError `usage` if the options of the selection are invalid or contradict each other */
export async function selectionOf({ select = {} }: ManyOptions): Promise<Selection> {
  return select instanceof Selection ? select : await Selection.of(select)
}

export function runOptionsOf({ jobs = 4, reporter = SILENT }: ManyOptions): RunOptions {
  return { jobs, reporter }
}
