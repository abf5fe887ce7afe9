import { formatPath, PERMISSIONS } from '@ftp/protocol'
import { alignColumns, formatBytes } from '@ftp/terminal'
import type { Account, AccountRecord } from '../state/accounts.ts'
import { DOORS } from '../state/door-name.ts'

/** Describes an account in one line: `anna: home /anna, all rights, at most 10.0 GiB`. */
export function describeAccount(account: AccountRecord): string {
  const state = [
    ...(account.clearFtp ? ['FTP without encryption'] : []),
    ...(account.enabled ? [] : ['disabled']),
  ]
  const facts = [
    `home /${formatPath(account.home)}`,
    rights(account),
    quota(account),
    ...rate(account),
    ...doors(account),
    ...state,
  ]
  return `${account.name}: ${facts.join(', ')}`
}

/** The lines of a table of accounts, with a heading. */
export function rowsOf(accounts: readonly AccountRecord[]): string[] {
  return alignColumns([
    ['NAME', 'STATE', 'HOME', 'QUOTA', 'RATE', 'DOORS', 'RIGHTS'],
    ...accounts.map((account) => [
      account.name,
      account.enabled ? 'enabled' : 'disabled',
      `/${formatPath(account.home)}`,
      quota(account),
      ...(account.rate === undefined ? ['no limit'] : rate(account)),
      account.doors.length === DOORS.length ? 'all doors' : account.doors.join(','),
      rights(account),
    ]),
  ])
}

/** Nothing if the account may use all doors. */
function doors({ doors: allowed }: AccountRecord): string[] {
  return allowed.length === DOORS.length ? [] : [`only by ${allowed.join(', ')}`]
}

function rights({ permissions }: Account): string {
  if (permissions.length === PERMISSIONS.length) return 'all rights'
  return permissions.length === 0 ? 'no rights' : permissions.join(',')
}

function quota({ quota: { bytes, files } }: Account): string {
  if (bytes === undefined && files === undefined) return 'no quota'
  const limits = [bytes === undefined ? [] : formatBytes(bytes), files === undefined ? [] : `${files} files`]
  return `at most ${limits.flat().join(' and ')}`
}

function rate({ rate: bytes }: Account): string[] {
  return bytes === undefined ? [] : [`${formatBytes(bytes)}/s`]
}
