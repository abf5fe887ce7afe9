// Other ones in each run: something may listen already. Below those that the system gives to clients.
const BASE = 20_000 + (process.pid % 300) * 40
/** The port that each peer's server listens on. */
export const PORTS = {
  ours: BASE,
  plain: BASE + 1,
  rsync: BASE + 2,
  curl: BASE + 3,
  ssh: BASE + 4,
  scratch: BASE + 5,
  nc: BASE + 6,
  first: BASE + 7,
  lftp: BASE + 8,
  https: BASE + 9,
  clear: BASE + 10,
  ftps: BASE + 11,
  curls: BASE + 12,
  sftp: BASE + 13,
  sftpDoor: BASE + 14,
}
