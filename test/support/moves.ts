import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import type { Direction } from './chaos-proxy.ts'

/** The folders in which the two ends of a transfer keep their files: a Site or a LocalSite. */
export interface Ends {
  readonly root: string
  readonly home: string
}

/** Removes the files of both ends, but not the state of the server. */
export function removeFiles({ root, home }: Ends): void {
  for (const side of [root, home])
    for (const name of fs.readdirSync(side).filter((each) => each !== STATE_NAME))
      fs.rmSync(path.join(side, name), { recursive: true })
}

/** The transfer of a file to the other side: the file, the command, and the target. */
export interface Move {
  readonly name: 'put' | 'get'
  /** The direction in which its bytes pass through a proxy. */
  readonly direction: Direction
  readonly source: (ends: Ends) => string
  readonly target: (ends: Ends) => string
  readonly command: (ends: Ends) => readonly string[]
}

const FILE = 'file.bin'
const local = ({ home }: Ends): string => path.join(home, FILE)
const remote = ({ root }: Ends): string => path.join(root, FILE)

/** The transfers of one file in both directions. */
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
