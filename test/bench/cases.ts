/** What is measured of trees and long lines, each with the options that measure it. */
export const CASES: readonly { readonly title: string; readonly options: readonly string[] }[] = [
  {
    title: 'Small files',
    options: ['--tree', '10000x4k', '--peers', 'no-fsync,rsync -a,lftp,scp,cp,tar'],
  },
  { title: 'Files of 256 KiB', options: ['--tree', '1000x256k', '--peers', 'no-fsync,rsync -a'] },
  { title: 'Files of 5 MiB', options: ['--tree', '200x5m', '--peers', 'no-fsync,rsync -a'] },
  {
    title: 'A mixed tree',
    options: ['--tree', '16000x2k+3600x24k+390x400k+10x8m', '--peers', 'no-fsync,rsync -a'],
  },
  {
    title: 'An unchanged tree once more',
    options: ['--tree', '20000x4k', '--again', '--peers', 'no-fsync,rsync -a'],
  },
  {
    title: 'Durably, on the disk of the temporary folder',
    options: ['--tree', '2000x4k', '--direction', 'put', '--disk', '--peers', 'ftp-client,rsync -a --fsync'],
  },
  {
    title: 'Small files, a round trip of 100 ms',
    options: ['--tree', '1000x4k', '--round-trip', '100', '--rounds', '3', '--peers', 'no-fsync,rsync -a'],
  },
  ...[20, 100].map((ms) => ({
    title: `One file of 190 MiB, a round trip of ${ms} ms`,
    options: ['--size', '190', '--round-trip', `${ms}`, '--rounds', '3', '--peers', 'no-fsync,rsync -a'],
  })),
]
