import path from 'node:path'
import type { Direction } from './chaos-proxy.ts'

/** Where the two ends of a transfer keep their files: a Site or a LocalSite. */
export interface Ends {
  readonly root: string
  readonly home: string
}

/** A file on one side, the command that moves it to the other, and where it arrives. */
export interface Move {
  readonly name: 'put' | 'get'
  /** The way its bytes go through a proxy. */
  readonly direction: Direction
  readonly source: (ends: Ends) => string
  readonly target: (ends: Ends) => string
  readonly command: (ends: Ends) => readonly string[]
}

const FILE = 'file.bin'
const local = ({ home }: Ends): string => path.join(home, FILE)
const remote = ({ root }: Ends): string => path.join(root, FILE)

/** Both ways of moving one file. */
export const MOVES: readonly Move[] = [
  {
    name: 'put',
    direction: 'up',
    source: local,
    target: remote,
    command: (ends) => ['put', local(ends)],
  },
  {
    name: 'get',
    direction: 'down',
    source: remote,
    target: local,
    command: (ends) => ['get', FILE, '--output', local(ends)],
  },
]
