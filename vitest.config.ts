import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps,packages,test}/**/*.test.ts'],
    globalSetup: 'test/support/tools.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for takes longer on a machine that is busy.
    expect: { poll: { timeout: 10_000 } },
    // Much of the time they wait for processes.
    maxWorkers: 2,
  },
})
