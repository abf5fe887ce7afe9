import { execFileSync } from 'node:child_process'

let made = 0

/**
 * Two machines on one network, as far as programs can tell: two network namespaces joined by a virtual cable.
 */
export class TwoMachines implements Disposable {
  readonly addresses = ['10.99.0.1', '10.99.0.2'] as const
  readonly #names = ['a', 'b'].map((side) => `ftp-${side}-${process.pid}-${made}`) as [string, string]

  constructor() {
    made++
    const [a, b] = this.#names
    for (const name of this.#names) ip('netns', 'add', name)
    ip('link', 'add', 'cable', 'netns', a, 'type', 'veth', 'peer', 'name', 'cable', 'netns', b)
    for (const [index, name] of this.#names.entries()) {
      ip('-n', name, 'address', 'add', `${this.addresses[index]}/24`, 'dev', 'cable')
      for (const device of ['lo', 'cable']) ip('-n', name, 'link', 'set', device, 'up')
    }
    // The kernel notices with a delay that both ends are up. Until then, programs see no network.
    for (const name of this.#names) while (!isUp(name));
  }

  /** The command to run another command under, so that it runs on one of the machines. */
  on(index: 0 | 1): readonly string[] {
    return ['ip', 'netns', 'exec', this.#names[index]]
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) ip('netns', 'delete', name)
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function isUp(namespace: string): boolean {
  const state = execFileSync('ip', ['-n', namespace, '-brief', 'link', 'show', 'cable'], { encoding: 'utf8' })
  return /\bUP\b.*LOWER_UP/.test(state)
}
