import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { configFolder } from './config-folder.ts'

const home = os.homedir()

it.each([
  ['linux', {}, path.join(home, '.config/ftp-client')],
  ['linux', { LOCALAPPDATA: '/local' }, path.join(home, '.config/ftp-client')],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/ftp-client'],
  ['win32', {}, path.join(home, 'AppData/Local/ftp-client')],
  ['win32', { LOCALAPPDATA: '/local', XDG_CONFIG_HOME: '/xdg' }, '/xdg/ftp-client'],
  ['win32', { FTP_CLIENT_CONFIG: '/own' }, '/own'],
] as const)('on %s, with %j: %s', (platform, environment, folder) =>
  expect(configFolder(undefined, environment, platform)).toBe(folder),
)
