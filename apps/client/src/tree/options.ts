import type { IfExists } from '@ftp/protocol'
import type { Reporter } from '../queue/reporter.ts'
import type { RunOptions } from '../queue/scheduler.ts'
import { SILENT } from '../queue/silent-reporter.ts'
import { Selection, type SelectionOptions } from '../selection/selection.ts'
import type { LinkPolicy } from './local-tree.ts'

/** What can be said about moving many files, whichever way they go. */
export interface ManyOptions {
  /** Which part of directories is meant. Default: all. */
  readonly select?: SelectionOptions | Selection | undefined
  /** Connections that share the work: each moves one large file, or many small ones, at a time. Default: 4. */
  readonly jobs?: number | undefined
  /** Hears of each file, as the bars and lines of the command do. Default: nobody. */
  readonly reporter?: Reporter | undefined
}

interface CopyOptions extends ManyOptions {
  /** When a target exists. Default: `replace`. */
  readonly ifExists?: IfExists | undefined
}

/** For files and directories that are fetched. */
export interface GetManyOptions extends CopyOptions {
  /** Connections that share a large file. Default: 1. */
  readonly streams?: number | undefined
}

/** For files and directories that are stored. */
export interface PutManyOptions extends CopyOptions {
  /** Whether symbolic links are left out or what they lead to is stored. Default: `skip`. */
  readonly links?: LinkPolicy | undefined
}

export interface Recursive {
  /** Directories too. Default: false, a directory is an error. */
  readonly recursive?: boolean | undefined
}

export async function selectionOf({ select = {} }: ManyOptions): Promise<Selection> {
  return select instanceof Selection ? select : await Selection.of(select)
}

export function runOptionsOf({ jobs = 4, reporter = SILENT }: ManyOptions): RunOptions {
  return { jobs, reporter }
}
