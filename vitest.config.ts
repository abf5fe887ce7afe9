import path from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps,packages,test}/**/*.test.ts'],
    // Start-up is most of what a short run takes, of a process as of a thread: compiled modules are kept for the next one.
    env: { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, 'node_modules/.cache/node-compile') },
    globalSetup: 'test/support/tools.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for takes longer on a machine that is busy.
    expect: { poll: { timeout: 10_000 } },
    // Much of the time they wait for processes.
    maxWorkers: 2,
  },
})
