/** How every client and every in-process or spawned server of these tests speaks; the one place that says so. */
export const TRANSPORT = { flags: ['--plaintext'], options: { plaintext: true } } as const
