/** The modules that the main thread of a program has loaded by its end. */
export interface Loaded {
  /** Files of this project, by their paths in the repository. */
  readonly own: readonly string[]
  /** Names of packages. */
  readonly packages: readonly string[]
  /** Whether Node's TypeScript compiler was needed. */
  readonly compiler: boolean
}

const MARK = 'loaded: '

/* Inline, because a file of its own would be loaded as well. */
const REPORT = `
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'
const urls = []
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
if (isMainThread)
  process.on('exit', () => {
    const compiler = process.moduleLoadList.some((name) => name.includes('amaro'))
    process.stderr.write('\\n${MARK}' + JSON.stringify({ urls, compiler }) + '\\n')
  })
`

/** The environment that makes a program report at its end, on standard error, what it has loaded. */
export const TELL_LOADED = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REPORT)}` }

export function loadedBy(stderr: string): Loaded {
  const line = stderr.split('\n').find((each) => each.startsWith(MARK)) ?? ''
  const told: { urls: string[]; compiler: boolean } = JSON.parse(line.slice(MARK.length))
  const files = told.urls.filter((url) => url.startsWith('file:'))
  const packages = files.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  const own = files.flatMap((url) => /\/((?:apps|packages)\/[^/]+\/src\/.*)/.exec(url)?.[1] ?? [])
  return { own, packages: [...new Set(packages)].sort(), compiler: told.compiler }
}
