import type { Reporter, TestModule } from 'vitest/node'

const SHOWN = 10

/**
 * Names the files that took longest, at the end of a run of more than those. All tests together have a budget, and this
 * shows where it goes.
 */
export const slowestFiles: Reporter = {
  onTestRunEnd(modules) {
    if (modules.length <= SHOWN) return
    const slowest = modules.toSorted((a, b) => secondsOf(b) - secondsOf(a)).slice(0, SHOWN)
    const lines = slowest.map(
      (module) => `  ${secondsOf(module).toFixed(1).padStart(6)} s  ${module.relativeModuleId}`,
    )
    console.log(`\nThe slowest files:\n${lines.join('\n')}`)
  },
}

function secondsOf(module: TestModule): number {
  const { duration, setupDuration, collectDuration } = module.diagnostic()
  return (duration + setupDuration + collectDuration) / 1_000
}
