/** What clients do that is recorded. */
export const CLIENT_ACTIONS = [
  'login',
  'get',
  'put',
  'mkdir',
  'setstat',
  'remove',
  'move',
  'discard',
  'passwd',
] as const

/** What the operator does to an account, or to the rate of the server. */
export const OPERATOR_ACTIONS = ['user-add', 'user-set', 'user-passwd', 'user-remove', 'rate'] as const

export const AUDIT_ACTIONS = [...CLIENT_ACTIONS, ...OPERATOR_ACTIONS] as const

export type OperatorAction = (typeof OPERATOR_ACTIONS)[number]

/** Who did what to which path, and how it ended. */
export interface AuditEvent {
  readonly account: string
  readonly address: string
  readonly action: (typeof AUDIT_ACTIONS)[number]
  readonly path?: string | undefined
  readonly target?: string | undefined
  readonly size?: number | undefined
  readonly md5?: string | undefined
  readonly detail?: string | undefined
  readonly outcome: string
}
