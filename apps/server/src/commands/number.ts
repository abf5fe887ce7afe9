import { InvalidArgumentError } from 'commander'

/** @returns a parser for an option whose value is a whole number from `least` to `most` */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === '') {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
