import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOST, SftpSite } from '../../support/sftp-site.ts'

/*
 * OpenSSH's own tests of sftp and scp, as Debian packs them, with this server in place of OpenSSH's. They use the same
 * absolute paths on both sides. Therefore their folder is in the served folder, at its own path, and a link leads to it.
 */

/** Debian's package openssh-tests. */
const REGRESS = '/usr/lib/openssh/regress'

/** What those tests expect around them: see test-exec.sh of OpenSSH. */
const DRIVER = `
SRC=${REGRESS} SCRIPT=${REGRESS}/$1.sh SFTP=/usr/bin/sftp SCP=/usr/bin/scp EXEEXT= TEST_SHELL=sh
DATA=/bin/ls DATANAME=ls COPY=$OBJ/copy SUDO=
verbose() { :; }
trace() { :; }
skip() { echo "FAIL: skipped: $*"; exit 0; }
fail() { echo "FAIL: $*"; }
fatal() { echo "FAIL: $*"; exit 1; }
config_defined() { return 1; }
maybe_add_scp_path_to_sshd() { :; }
export OBJ SFTPSERVER
. "$SCRIPT"
`

let site: SftpSite
let folder: string
beforeAll(async () => {
  site = await SftpSite.open({ names: 'any' })
  folder = site.at('obj')
  const inside = site.served.at(folder)
  fs.mkdirSync(inside, { recursive: true })
  fs.symlinkSync(inside, folder)
  fs.mkdirSync(site.served.at('bin'))
  for (const name of fs.readdirSync('/bin').filter((each) => each.startsWith('l') || each === 'sh')) {
    const file = path.join('/bin', name)
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      fs.copyFileSync(file, site.served.at(`bin/${name}`))
  }
  site.write('driver.sh', DRIVER)
  fs.writeFileSync(site.at('server'), `#!/bin/sh\nexec ssh -F ${site.at('ssh_config')} -s ${HOST} sftp\n`, {
    mode: 0o700,
  })
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

/** The failures of each script. Those that are listed do not apply, for the reason beside them. */
const SCRIPTS: readonly (readonly [script: string, failures: readonly string[]])[] = [
  [
    'sftp-cmds',
    // This server makes no links.
    [
      'FAIL: missing file after ln',
      'FAIL: created file is not equal after ln',
      'FAIL: missing file after ln -s',
    ],
  ],
  ['sftp-badcmds', []],
  ['sftp-batch', []],
  ['sftp-glob', []],
  ['scp', []],
]

it.each(SCRIPTS)('%s', async (script, failures) => {
  const env = { OBJ: folder, SFTPSERVER: site.at('server') }
  const { stdout } = await site.run('sh', ['driver.sh', script], { env })
  expect(stdout.split('\n').filter((line) => line.startsWith('FAIL: '))).toEqual(failures)
})
