import { nameProblem, portabilityProblem } from './names.ts'

/** Who logs in without a password. */
export const ANONYMOUS = 'anonymous'

const LONGEST = 64

/**
 * A user name as it is compared: in whatever case or width it is typed, it is the same. Names of accounts are kept
 * like this.
 */
export function foldUserName(typed: string): string {
  return typed.normalize('NFKC').toLowerCase().normalize('NFKC')
}

/**
 * Says why a folded name cannot be an account's: it is one portable name of letters, digits, `.`, `_` and `-`, so that
 * it can name a folder everywhere and never needs quoting.
 * @returns undefined when it can
 */
export function userNameProblem(name: string): string | undefined {
  if (name === ANONYMOUS) return 'it is the name of those who have no account'
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u.test(name))
    return 'it begins with a letter or digit and goes on with letters, digits, ".", "_" and "-"'
  if (name.length > LONGEST) return `it has at most ${LONGEST} characters`
  return nameProblem(name) ?? portabilityProblem(name)
}
