import path from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

const TIMING = 'test/timing/**/*.test.ts'

export default defineConfig({
  test: {
    // Starting up takes most of a short run, for a process as for a thread: compiled modules are kept for the next one.
    env: { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, 'node_modules/.cache/node-compile') },
    globalSetup: 'test/support/tools.ts',
    // Tests wait for events. These times only end what hangs, and a busy machine comes nowhere near them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    // Much of the time the tests wait for processes.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['{apps,packages}/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, TIMING],
        },
      },
      {
        extends: true,
        // What is measured here is time: one file runs at a time, after all others, with nothing beside it.
        test: { name: 'timing', include: [TIMING], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
