/** To run a program under: with one of its streams somewhere else, as a shell puts it there. */
export function redirected(to: string): readonly string[] {
  return ['sh', '-c', `exec "$@" ${to}`, 'sh']
}
