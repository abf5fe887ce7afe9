/**
 * The names of the ways in: `ftx` is the protocol of ftp-client, `web` is HTTP with the page, `sftp` and `ftp`
 * are for the programs that speak them.
 */
export const DOORS = ['ftx', 'web', 'sftp', 'ftp'] as const

export type DoorName = (typeof DOORS)[number]
