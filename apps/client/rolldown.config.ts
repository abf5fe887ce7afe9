import { defineConfig } from 'rolldown'
import manifest from './package.json' with { type: 'json' }

/** The least number of commands that share the modules of the common chunk. */
const COMMON = 8

/**
 * One flat folder: what starts a thread or loads the kernel finds it beside itself. What most commands need is in a few
 * large chunks, because Node.js needs longer to find a file than to load a larger one.
 */
export default defineConfig({
  input: {
    main: 'src/main.js',
    index: 'src/index.ts',
    'hash-worker': '../../packages/md5/src/hash-worker.ts',
    'browse-thread': 'src/discovery/browse-thread.ts',
  },
  platform: 'node',
  external: Object.keys(manifest.dependencies),
  output: {
    dir: 'dist',
    cleanDir: true,
    codeSplitting: {
      groups: [
        // All that --version loads.
        { name: 'version', test: /protocol.src.version/ },
        { name: 'md5', test: /packages.md5.src.(?!hash-worker)/ },
        { name: 'protocol', test: /packages.protocol/ },
        { name: 'common', test: /apps.client.src/, minShareCount: COMMON },
      ],
    },
  },
})
