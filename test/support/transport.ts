/**
 * The transport of every client and every server in these tests, whether spawned or in-process. It is set
 * only here.
 */
export const TRANSPORT = { flags: ['--plaintext'], options: { plaintext: true } } as const
