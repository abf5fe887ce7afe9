/** A command to run a program under, with one of its streams redirected as a shell would do it. */
export function redirected(to: string): readonly string[] {
  return ['sh', '-c', `exec "$@" ${to}`, 'sh']
}
