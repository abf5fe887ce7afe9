import { spawnSync } from 'node:child_process'

/** What some tests look at the programs with, from outside, and the Debian packages that bring it. */
const TOOLS = {
  strace: 'strace',
  python3: 'python3',
  unshare: 'util-linux',
  tmux: 'tmux',
  ip: 'iproute2',
  zsh: 'zsh',
  fish: 'fish',
  man: 'man-db',
}

/** Before all tests: installs the tools that are missing, where that is possible. Without them their tests fail. */
export function setup(): void {
  const missing = Object.entries(TOOLS).filter(
    ([tool]) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
  )
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name)
  process.stderr.write(`installing ${packages.join(', ')} for the tests\n`)
  spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' })
  spawnSync('apt-get', ['install', '-y', '-q', ...packages], { stdio: 'ignore' })
}
