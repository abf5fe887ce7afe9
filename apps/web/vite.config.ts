import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    outDir: 'page',
    target: 'es2022',
    // The page's own rules (Content-Security-Policy) allow nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
})
