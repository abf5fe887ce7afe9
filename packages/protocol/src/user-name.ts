import { nameProblem, portabilityProblem } from './names.ts'

/** The user name for a login without a password. */
export const ANONYMOUS = 'anonymous'

const LONGEST = 64

/**
 * The form in which user names are compared and stored: upper and lower case, and characters of different
 * widths, become the same.
 */
export function foldUserName(typed: string): string {
  return typed.normalize('NFKC').toLowerCase().normalize('NFKC')
}

/**
 * Explains why a folded name cannot belong to an account. A valid name is portable and consists of letters,
 * digits, `.`, `_` and `-`, so that it can be the name of a folder everywhere and never needs quoting.
 * @returns undefined if the name is valid
 */
export function userNameProblem(name: string): string | undefined {
  if (name === ANONYMOUS) return 'it is the name of those who have no account'
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u.test(name))
    return 'it begins with a letter or digit and goes on with letters, digits, ".", "_" and "-"'
  if (name.length > LONGEST) return `it has at most ${LONGEST} characters`
  return nameProblem(name) ?? portabilityProblem(name)
}
