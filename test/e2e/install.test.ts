import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { TempDir } from '../support/temp-dir.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../../build/install.cjs')
const ASSEMBLY = 'packages/md5/assembly/md5.ts'
const COMPONENT = 'apps/web/src/components/app.tsx'
/** What an installation depends on, in part. */
const SOURCES = [
  ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', ASSEMBLY, 'packages/md5/src/index.ts'],
  ...[COMPONENT, 'apps/web/index.html', 'apps/web/vite.config.ts'],
]

/** A checkout whose pnpm only counts how often it is called. */
class Checkout implements Disposable {
  readonly #temp = new TempDir()

  constructor() {
    for (const name of SOURCES) this.write(name, name)
    this.write('build/install.cjs', fs.readFileSync(SCRIPT))
    this.write('node_modules/.keep', '')
    this.write('bin/pnpm', '#!/bin/sh\necho one >> calls\nsleep 0.3\n')
    fs.chmodSync(this.#temp.at('bin/pnpm'), 0o755)
  }

  write(name: string, content: string | Buffer): void {
    fs.mkdirSync(path.dirname(this.#temp.at(name)), { recursive: true })
    fs.writeFileSync(this.#temp.at(name), content)
  }

  get installations(): number {
    return fs.readFileSync(this.#temp.at('calls'), 'utf8').length / 4
  }

  async start(): Promise<number | null> {
    const env = {
      PATH: `${this.#temp.at('bin')}:${process.env['PATH']}`,
      npm_config_user_agent: 'pnpm/1',
    }
    const child = spawn(process.execPath, [this.#temp.at('build/install.cjs')], { env, stdio: 'ignore' })
    return await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
  }

  [Symbol.dispose](): void {
    this.#temp[Symbol.dispose]()
  }
}

it('is installed once, however many programs start at the same time', async () => {
  using checkout = new Checkout()
  expect(await Promise.all([checkout.start(), checkout.start(), checkout.start()])).toEqual([0, 0, 0])
  expect(checkout.installations).toBe(1)
})

it('is installed again when what is compiled has changed, also after a killed installation', async () => {
  using checkout = new Checkout()
  await checkout.start()
  checkout.write(ASSEMBLY, 'changed')
  // More than any process has as its number.
  checkout.write('.installing', '99999999')
  await checkout.start()
  expect(checkout.installations).toBe(2)
  checkout.write(COMPONENT, 'changed')
  await checkout.start()
  expect(checkout.installations).toBe(3)
})
