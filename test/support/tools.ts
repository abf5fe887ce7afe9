import { spawnSync } from 'node:child_process'

/**
 * The tools with which tests observe the programs from outside, and the Debian packages that contain them.
 */
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

/**
 * Runs before all tests, and installs the tools that are missing, if possible. Without a tool, the tests that
 * need it fail.
 */
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
