import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps,packages,test}/**/*.test.ts'],
    globalSetup: 'test/support/tools.ts',
    testTimeout: 30_000,
    // Much of the time they wait for processes.
    maxWorkers: 2,
  },
})
