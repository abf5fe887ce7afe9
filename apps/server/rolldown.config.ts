import { defineConfig } from 'rolldown'
import manifest from './package.json' with { type: 'json' }

/** One flat folder: what starts a thread or loads the kernel finds it beside itself. */
export default defineConfig({
  input: {
    main: 'src/main.js',
    index: 'src/index.ts',
    'hash-worker': '../../packages/md5/src/hash-worker.ts',
    'handler-thread': 'src/threads/handler-thread.ts',
    'usage-count-thread': 'src/usage-count-thread.ts',
    'housekeeping-thread': 'src/housekeeping-thread.ts',
    'announce-thread': 'src/discovery/announce-thread.ts',
  },
  platform: 'node',
  external: Object.keys(manifest.dependencies),
  output: { dir: 'dist', cleanDir: true },
})
