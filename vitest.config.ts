import path from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { slowestFiles } from './test/support/slowest-files.ts'

const TIMING = 'test/timing/**/*.test.ts'
/**
 * Projects with the tests in a folder of the same name that need the network, other people's programs, or much time.
 * They run only if the command line names the project or something in its folder, as `.ci/run` does.
 */
const APART = ['faults', 'standby', 'checkout', 'long', 'doors', 'stores', 'web', 'windows']
const isNamed = (project: string): boolean =>
  process.argv.some((arg) => arg.replace(/^--project=/, '') === project || arg.startsWith(`test/${project}`))

/** Much of the time the tests wait for processes: on two cores, three workers leave little of it unused. */
const WORKERS = 3
/** The tests of a project that change something of the machine, or that fill it, run one file at a time. */
const workersOf = (project: string): number => (project === 'faults' ? WORKERS : 1)

export default defineConfig({
  test: {
    // Starting up takes most of a short run, for a process as for a thread: compiled modules are kept for the next one.
    env: { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, 'node_modules/.cache/node-compile') },
    reporters: ['default', slowestFiles],
    globalSetup: 'test/support/tools.ts',
    // Tests wait for events. These times only end what hangs, and a busy machine comes nowhere near them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: WORKERS,
    // Without `isolate`, two processes run all files of a project: to load the same modules again for each file takes as
    // long as many of the tests.
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{apps,packages}/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'system',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, TIMING, ...APART.map((name) => `test/${name}/**`)],
        },
      },
      {
        extends: true,
        // What is measured here is time: one file runs at a time, after all others, with nothing beside it.
        test: { name: 'timing', include: [TIMING], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      ...APART.filter(isNamed).map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          isolate: name !== 'faults',
          maxWorkers: workersOf(name),
          sequence: { groupOrder: 2 },
        },
      })),
    ],
  },
})
