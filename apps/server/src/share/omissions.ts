import { printable } from '@ftp/protocol'
import type { OmissionListener } from '../storage/storage.ts'

/** The maximum number of names of each kind that are reported, and of characters that they take together. */
const NAMED = 100
const CHARACTERS = 4_000
/** The maximum number of characters of one name. */
const LONGEST = 500

/** The entries that a listing or a measurement leaves out: how many, and the names of the first. */
export class Omissions implements OmissionListener {
  readonly #unnamable: string[] = []
  readonly #unreadable: string[] = []
  #count = 0

  unnamable(name: string): void {
    this.#count++
    note(this.#unnamable, name)
  }

  unreadable(name: string): void {
    note(this.#unreadable, name)
  }

  /** The fields of a reply; a field for which there is nothing to say is absent. */
  get fields(): OmissionFields {
    return {
      ...(this.#count > 0 && { unnamable: this.#count, unnamed: this.#unnamable }),
      ...(this.#unreadable.length > 0 && { unreadable: this.#unreadable }),
    }
  }
}

export interface OmissionFields {
  /** The number of entries whose paths no client can be told. */
  readonly unnamable?: number
  /** The paths of the first of them, made printable. */
  readonly unnamed?: readonly string[]
  /** The first directories and other entries that could not be read, relative to the path that was asked for. */
  readonly unreadable?: readonly string[]
}

function note(names: string[], name: string): void {
  const text = shortened(printable(name))
  const taken = names.reduce((sum, { length }) => sum + length, 0)
  if (names.length < NAMED && taken + text.length <= CHARACTERS) names.push(text)
}

/** A text in which the middle is left out if it is long. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text
  const half = LONGEST / 2
  return `${text.slice(0, half)}…${text.slice(-half)}`.toWellFormed()
}
