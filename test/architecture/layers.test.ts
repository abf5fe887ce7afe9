import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { FILES, packageOf, SOURCES, type SourceFile } from './sources.ts'

/*
 * What may import what. A part is a folder; a file that stands beside folders is a part by itself. Every import needs
 * its arrow here, and a new arrow is a decision: think before you draw it.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'apps/client/cli/exit-codes': ['@ftp/protocol'],
  'apps/client/cli/text': ['@ftp/protocol', '@ftp/terminal'],
  'apps/client/connection': [
    '@ftp/md5',
    '@ftp/protocol',
    'node:crypto',
    'node:events',
    'node:net',
    'node:stream',
    'node:timers/promises',
    'node:tls',
  ],
  'apps/client/session': [
    'apps/client/connection',
    '@ftp/md5',
    '@ftp/protocol',
    'node:events',
    'node:timers/promises',
  ],
  'apps/client/transfer/result': [],
  'apps/client/transfer/batch': ['apps/client/connection', 'apps/client/transfer/result', '@ftp/protocol'],
  'apps/client/transfer/transfer-listener': [],
  'apps/client/queue': [
    'apps/client/session',
    'apps/client/transfer/batch',
    'apps/client/transfer/transfer-listener',
    'apps/client/transfer/result',
    '@ftp/md5',
    '@ftp/protocol',
  ],
  'apps/client/cli/progress': [
    '@ftp/terminal',
    'apps/client/cli/exit-codes',
    'apps/client/cli/text',
    'apps/client/queue',
    'apps/client/transfer/transfer-listener',
    'apps/client/transfer/result',
    '@ftp/md5',
    '@ftp/protocol',
    'cli-progress',
    'node:path',
  ],
  'apps/client/discovery': [
    '@ftp/protocol',
    'bonjour-service',
    'valibot',
    'node:events',
    'node:os',
    'node:path',
    'node:worker_threads',
  ],
  'apps/client/lock': ['@ftp/files', '@ftp/protocol', 'node:fs', 'node:sqlite'],
  'apps/client/profiles': [
    'apps/client/connection',
    'apps/client/discovery',
    'apps/client/lock',
    '@ftp/files',
    '@ftp/protocol',
    'valibot',
    'node:crypto',
    'node:fs',
    'node:net',
    'node:os',
    'node:path',
  ],
  'apps/client/requests': ['apps/client/connection', 'apps/client/session', '@ftp/protocol', 'node:crypto'],
  'apps/client/transfer/attempts': [
    'apps/client/session',
    'apps/client/transfer/transfer-listener',
    '@ftp/protocol',
  ],
  'apps/client/transfer/local': [
    'apps/client/lock',
    '@ftp/files',
    '@ftp/protocol',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:net',
    'node:path',
    'node:stream',
    'node:timers/promises',
  ],
  'apps/client/transfer/download': [
    'apps/client/connection',
    'apps/client/requests',
    'apps/client/session',
    'apps/client/transfer/attempts',
    'apps/client/transfer/batch',
    'apps/client/transfer/transfer-listener',
    'apps/client/transfer/local',
    'apps/client/transfer/result',
    '@ftp/files',
    '@ftp/md5',
    '@ftp/protocol',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:path',
    'node:stream',
  ],
  'apps/client/transfer/progress': ['apps/client/transfer/transfer-listener'],
  'apps/client/transfer/upload': [
    'apps/client/connection',
    'apps/client/requests',
    'apps/client/session',
    'apps/client/transfer/attempts',
    'apps/client/transfer/batch',
    'apps/client/transfer/transfer-listener',
    'apps/client/transfer/result',
    '@ftp/files',
    '@ftp/md5',
    '@ftp/protocol',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:path',
  ],
  'apps/client/selection': ['@ftp/protocol', 'ignore', 'picomatch'],
  'apps/client/tree': [
    'apps/client/queue',
    'apps/client/requests',
    'apps/client/selection',
    'apps/client/session',
    'apps/client/transfer/download',
    'apps/client/transfer/local',
    'apps/client/transfer/result',
    'apps/client/transfer/upload',
    '@ftp/files',
    '@ftp/protocol',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:stream',
    'node:stream/promises',
    'node:timers/promises',
  ],
  'apps/client/client': [
    'apps/client/profiles',
    'apps/client/queue',
    'apps/client/requests',
    'apps/client/session',
    'apps/client/transfer/download',
    'apps/client/transfer/progress',
    'apps/client/transfer/result',
    'apps/client/transfer/upload',
    'apps/client/tree',
    '@ftp/protocol',
    'node:stream',
    'node:stream/consumers',
  ],
  'apps/client/cli/command-context': [
    'apps/client/cli/exit-codes',
    'apps/client/cli/progress',
    'apps/client/client',
    'apps/client/profiles',
    'apps/client/queue',
    '@ftp/protocol',
    '@ftp/terminal',
    'node:path',
    'node:stream',
  ],
  'apps/client/cli/arguments': [
    'apps/client/cli/command-context',
    'apps/client/client',
    'apps/client/selection',
    'apps/client/transfer/local',
    'apps/client/tree',
    '@ftp/protocol',
    'node:fs',
    'node:net',
    'node:path',
    'node:stream/consumers',
  ],
  'apps/client/cli/help': ['commander'],
  'apps/client/cli/lexer': ['@ftp/protocol'],
  'apps/client/cli/completion': [
    'apps/client/cli/help',
    'apps/client/cli/lexer',
    'apps/client/client',
    '@ftp/protocol',
    'commander',
    'node:fs',
    'node:path',
  ],
  'apps/client/cli/usage': [
    'apps/client/cli/completion',
    'apps/client/cli/command-context',
    '@ftp/terminal',
    'commander',
  ],
  'apps/client/cli/define-command': ['apps/client/cli/command-context', 'commander'],
  'apps/client/cli/entry-list': [
    'apps/client/cli/command-context',
    'apps/client/cli/text',
    '@ftp/protocol',
    'node:events',
  ],
  'apps/client/connect': [
    'apps/client/client',
    'apps/client/connection',
    'apps/client/profiles',
    'apps/client/session',
    '@ftp/protocol',
  ],
  'apps/client/cli/open-options': [
    'apps/client/cli/command-context',
    'apps/client/cli/progress',
    'apps/client/connect',
    'apps/client/profiles',
    '@ftp/protocol',
    '@ftp/terminal',
  ],
  'apps/client/cli/open-client': [
    'apps/client/cli/command-context',
    'apps/client/cli/open-options',
    'apps/client/client',
    'apps/client/connect',
  ],
  'apps/client/cli/choose-reporter': [
    'apps/client/cli/command-context',
    'apps/client/cli/progress',
    'apps/client/queue',
  ],
  'apps/client/cli/shell': [
    'apps/client/cli/completion',
    'apps/client/cli/command-context',
    'apps/client/cli/define-command',
    'apps/client/cli/entry-list',
    'apps/client/cli/help',
    'apps/client/cli/lexer',
    'apps/client/cli/progress',
    'apps/client/cli/text',
    'apps/client/cli/usage',
    'apps/client/client',
    'apps/client/transfer/local',
    '@ftp/files',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
    'picomatch',
    'node:child_process',
    'node:events',
    'node:fs',
    'node:os',
    'node:path',
    'node:readline',
    'node:stream',
  ],
  'apps/client/cli/commands': [
    'apps/client/cli/arguments',
    'apps/client/cli/completion',
    'apps/client/cli/command-context',
    'apps/client/cli/define-command',
    'apps/client/cli/entry-list',
    'apps/client/cli/exit-codes',
    'apps/client/cli/lexer',
    'apps/client/cli/open-client',
    'apps/client/cli/open-options',
    'apps/client/cli/choose-reporter',
    'apps/client/cli/shell',
    'apps/client/cli/text',
    'apps/client/client',
    'apps/client/connect',
    'apps/client/discovery',
    'apps/client/profiles',
    'apps/client/tree',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
    'uqr',
    'node:fs',
    'node:path',
    'node:v8',
  ],
  'apps/client/cli/command-line': [
    'apps/client/cli/commands',
    'apps/client/cli/completion',
    'apps/client/cli/command-context',
    'apps/client/cli/define-command',
    'apps/client/cli/help',
    'apps/client/profiles',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
  ],
  'apps/client/cli/run-program': [
    'apps/client/cli/command-context',
    'apps/client/cli/command-line',
    'apps/client/cli/exit-codes',
    'apps/client/cli/usage',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
  ],
  'apps/client/cli/command': ['apps/client/cli/run-program', '@ftp/protocol', 'node:v8'],
  'apps/client/index': [
    'apps/client/client',
    'apps/client/connect',
    'apps/client/queue',
    'apps/client/requests',
    'apps/client/selection',
    'apps/client/transfer/transfer-listener',
    'apps/client/transfer/progress',
    'apps/client/transfer/result',
    'apps/client/tree',
    '@ftp/protocol',
  ],
  'apps/client/main': ['apps/client/cli/command', '@ftp/terminal'],
  'apps/server/log': ['@ftp/protocol', 'pino', 'node:fs', 'node:timers/promises', 'node:util'],
  'apps/server/state': [
    'apps/server/log',
    '@ftp/md5',
    '@ftp/protocol',
    '@peculiar/x509',
    'reflect-metadata',
    'valibot',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:sqlite',
    'node:timers/promises',
  ],
  'apps/server/storage': [
    '@ftp/files',
    '@ftp/protocol',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:timers/promises',
  ],
  'apps/server/share': [
    'apps/server/state',
    'apps/server/storage',
    '@ftp/md5',
    '@ftp/protocol',
    'node:crypto',
    'node:timers/promises',
  ],
  'apps/server/guards': [
    'apps/server/log',
    'apps/server/share',
    '@ftp/md5',
    '@ftp/protocol',
    'node:fs',
    'node:net',
    'node:timers/promises',
  ],
  'apps/server/hooks': ['p-limit', 'node:child_process', 'node:events'],
  'apps/server/config': [
    'apps/server/guards',
    'apps/server/hooks',
    'apps/server/log',
    'apps/server/private-folder',
    'apps/server/share',
    '@ftp/protocol',
    'node:fs',
    'node:os',
    'node:path',
  ],
  'apps/server/private-folder': ['node:child_process', 'node:fs', 'node:os', 'node:path'],
  'apps/server/discovery': [
    '@ftp/protocol',
    'bonjour-service',
    'node:os',
    'node:path',
    'node:worker_threads',
  ],
  'apps/server/open-storage': [
    'apps/server/log',
    'apps/server/state',
    'apps/server/storage',
    '@ftp/protocol',
    'node:sqlite',
  ],
  'apps/server/health': ['apps/server/log', 'apps/server/state', 'node:fs'],
  'apps/server/usage-count': ['apps/server/config', '@ftp/protocol', 'node:path', 'node:worker_threads'],
  'apps/server/usage-count-thread': [
    'apps/server/config',
    'apps/server/usage-count',
    'apps/server/log',
    'apps/server/open-storage',
    'apps/server/share',
    'apps/server/state',
    '@ftp/protocol',
    'node:path',
    'node:worker_threads',
  ],
  'apps/server/housekeeping': ['apps/server/config', 'node:path', 'node:worker_threads'],
  'apps/server/metrics': ['@ftp/protocol', 'prom-client', 'node:events', 'node:http'],
  'apps/server/open-state': ['apps/server/config', 'apps/server/state', 'node:path', 'node:sqlite'],
  'apps/server/doors/door': [
    'apps/server/guards',
    'apps/server/log',
    'apps/server/share',
    '@ftp/md5',
    '@ftp/protocol',
    'node:net',
  ],
  'apps/server/doors/node-http': [],
  'apps/server/doors/sending': ['apps/server/guards', '@ftp/md5', '@ftp/protocol', 'node:stream'],
  'apps/server/doors/http/fields': ['@ftp/protocol', 'mrmime', 'node:net'],
  'apps/server/doors/http/connection': [
    'apps/server/doors/door',
    'apps/server/doors/http/fields',
    'apps/server/doors/node-http',
    'apps/server/doors/sending',
    'apps/server/guards',
    'apps/server/share',
    '@ftp/protocol',
    'node:http',
    'node:net',
    'node:stream',
    'node:timers/promises',
    'valibot',
  ],
  'apps/server/doors/http/account': [
    'apps/server/doors/http/connection',
    'apps/server/doors/http/fields',
    'apps/server/share',
    '@ftp/protocol',
    'valibot',
  ],
  'apps/server/doors/http/files': [
    'apps/server/doors/http/connection',
    'apps/server/doors/http/fields',
    'apps/server/doors/sending',
    'apps/server/guards',
    'apps/server/share',
    '@ftp/protocol',
    'client-zip',
    'node:crypto',
  ],
  'apps/server/doors/http/uploads': [
    'apps/server/doors/http/connection',
    'apps/server/doors/http/fields',
    'apps/server/doors/http/files',
    'apps/server/guards',
    'apps/server/share',
    '@ftp/protocol',
  ],
  'apps/server/page': ['@ftp/web', 'node:crypto', 'node:fs', 'node:util', 'node:zlib'],
  'apps/server/doors/http/routes': [
    'apps/server/doors/http/account',
    'apps/server/doors/http/connection',
    'apps/server/doors/http/fields',
    'apps/server/doors/http/files',
    'apps/server/doors/http/uploads',
    'apps/server/page',
    'apps/server/share',
    '@ftp/protocol',
  ],
  'apps/server/doors/ftx': [
    'apps/server/doors/door',
    'apps/server/doors/sending',
    'apps/server/guards',
    'apps/server/share',
    '@ftp/md5',
    '@ftp/protocol',
    'node:net',
    'node:stream',
    'node:timers/promises',
  ],
  'apps/server/doors/entrance': [
    'apps/server/doors/door',
    'apps/server/doors/node-http',
    'apps/server/guards',
    'apps/server/certificates',
    '@ftp/protocol',
    'node:crypto',
    'node:net',
    'node:tls',
  ],
  'apps/server/certificates': [
    'apps/server/config',
    'apps/server/state',
    '@ftp/protocol',
    '@peculiar/x509',
    'reflect-metadata',
    'node:crypto',
    'node:fs',
    'node:net',
    'node:os',
    'node:path',
  ],
  'apps/server/threads': [
    'apps/server/certificates',
    'apps/server/config',
    'apps/server/doors/door',
    'apps/server/doors/entrance',
    'apps/server/doors/ftx',
    'apps/server/doors/http/connection',
    'apps/server/doors/http/routes',
    'apps/server/guards',
    'apps/server/log',
    'apps/server/metrics',
    'apps/server/open-storage',
    'apps/server/page',
    'apps/server/share',
    'apps/server/state',
    '@ftp/files',
    '@ftp/md5',
    '@ftp/protocol',
    'node:events',
    'node:fs',
    'node:net',
    'node:path',
    'node:worker_threads',
  ],
  'apps/server/listener': ['apps/server/config', '@ftp/protocol', 'node:net'],
  'apps/server/state-watch': ['apps/server/share', 'apps/server/state', 'node:sqlite'],
  'apps/server/server': [
    'apps/server/certificates',
    'apps/server/config',
    'apps/server/usage-count',
    'apps/server/guards',
    'apps/server/health',
    'apps/server/hooks',
    'apps/server/housekeeping',
    'apps/server/listener',
    'apps/server/log',
    'apps/server/metrics',
    'apps/server/open-state',
    'apps/server/open-storage',
    'apps/server/share',
    'apps/server/state',
    'apps/server/state-watch',
    'apps/server/threads',
    '@ftp/protocol',
    'node:crypto',
    'node:net',
    'node:path',
    'node:worker_threads',
  ],
  'apps/server/commands': [
    'apps/server/config',
    'apps/server/discovery',
    'apps/server/guards',
    'apps/server/log',
    'apps/server/open-storage',
    'apps/server/server',
    'apps/server/share',
    'apps/server/state',
    'apps/server/storage',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
    'uqr',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:os',
    'node:path',
    'node:sqlite',
    'node:stream/consumers',
  ],
  'apps/server/command-line': [
    'apps/server/commands',
    'apps/server/config',
    'apps/server/state',
    '@ftp/protocol',
    'commander',
  ],
  'apps/server/command': [
    'apps/server/command-line',
    'apps/server/commands',
    '@ftp/protocol',
    '@ftp/terminal',
    'commander',
  ],
  'apps/server/housekeeping-thread': [
    'apps/server/housekeeping',
    'apps/server/log',
    'apps/server/open-storage',
    'apps/server/share',
    'apps/server/state',
    '@ftp/protocol',
    'node:path',
    'node:worker_threads',
  ],
  'apps/server/index': ['apps/server/config', 'apps/server/server'],
  'apps/server/main': ['apps/server/command', '@ftp/terminal', 'node:v8'],
  'apps/web/api': [],
  'apps/web/texts': [],
  'apps/web/state': ['apps/web/api', 'apps/web/texts', '@preact/signals', 'preact'],
  'apps/web/upload': [],
  'apps/web/components': [
    'apps/web/api',
    'apps/web/state',
    'apps/web/texts',
    'apps/web/upload',
    '@preact/signals',
    'preact',
  ],
  'apps/web/main': ['apps/web/components', 'preact'],
  'packages/files': ['@ftp/protocol', 'node:fs', 'node:path', 'node:timers/promises', 'node:util'],
  'packages/md5': ['node:crypto', 'node:fs', 'node:path', 'node:worker_threads'],
  'packages/protocol': ['@ftp/md5', 'valibot', 'node:crypto'],
  'packages/terminal': [
    '@ftp/protocol',
    'node:fs',
    'node:module',
    'node:os',
    'node:path',
    'node:readline',
    'node:stream',
  ],
}

const FOLDERS = new Set(FILES.map(({ path: file }) => path.dirname(file)))

function partOf(file: string): string {
  const folder = path.dirname(file)
  const standsBesideFolders = [...FOLDERS].some((other) => other.startsWith(`${folder}/`))
  const part = standsBesideFolders ? file.replace(/\.[jt]sx?$/, '') : folder
  return part.replace('/src', '')
}

/** The arrows that a file draws. */
function arrowsOf({ path: file, imports }: SourceFile): string[] {
  return imports
    .map((name) => (/^(apps|packages|test)\//.test(name) ? partOf(name) : name))
    .map((name) =>
      name.startsWith('node:') ? name : /^(apps|packages|test)\//.test(name) ? name : packageOf(name),
    )
    .filter((target) => target !== partOf(file))
}

/** The way round each circle, from where it is first met. */
function circlesIn(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const seen = new Set<string>()
  const visit = (node: string, way: readonly string[]): void => {
    if (way.includes(node)) circles.push([...way.slice(way.indexOf(node)), node])
    if (seen.has(node)) return
    seen.add(node)
    for (const next of arrows.get(node) ?? []) visit(next, [...way, node])
  }
  for (const node of arrows.keys()) visit(node, [])
  return circles
}

describe('the layers', () => {
  it('every import has its arrow in the table', () => {
    expect(SOURCES.length).toBeGreaterThan(80)
    const undrawn = SOURCES.flatMap((source) => {
      const allowed = ARROWS[partOf(source.path)] ?? []
      return arrowsOf(source)
        .filter((target) => !allowed.includes(target))
        .map((target) => `${source.path} -> ${target}`)
    })
    expect(undrawn).toEqual([])
  })

  it('every arrow in the table is there because something needs it', () => {
    const drawn = new Set(
      SOURCES.flatMap((source) => arrowsOf(source).map((to) => `${partOf(source.path)} -> ${to}`)),
    )
    const table = Object.entries(ARROWS).flatMap(([from, targets]) => targets.map((to) => `${from} -> ${to}`))
    expect(table.filter((arrow) => !drawn.has(arrow))).toEqual([])
  })

  it('no arrows of the table make a circle', () => {
    const arrows = Object.entries(ARROWS).map(
      ([from, to]) => [from, to.map((name) => name.replace('@ftp/', 'packages/'))] as const,
    )
    expect(circlesIn(new Map(arrows))).toEqual([])
  })

  it('no imports of files make a circle', () => {
    expect(circlesIn(new Map(SOURCES.map(({ path: file, imports }) => [file, imports])))).toEqual([])
  })

  it('the table keeps apart what must not know each other', () => {
    const forbidden: readonly [RegExp, RegExp][] = [
      [/^packages\/md5$/, /^(?!node:)|node:(net|tls)/],
      [/^packages\/protocol$/, /node:(?!crypto$)|apps\//],
      [/^packages\/files$/, /node:(net|tls|http|worker_threads|child_process)|apps\//],
      [/^packages\/terminal$/, /node:(net|tls|http|worker_threads|child_process)|apps\//],
      [/^apps\/server/, /apps\/client|@ftp\/client/],
      [/^apps\/client/, /apps\/server|@ftp\/server/],
      [/^apps\/web/, /node:|@ftp\/(?!md5)|apps\/(?!web)/],
      [/^apps\/server\/share$/, /doors|threads|node:(net|tls|fs)/],
      [/^apps\/server\/storage$/, /share|doors|threads|state|node:(net|tls)/],
      [/^apps\/server\/doors\//, /storage|state|threads|node:fs/],
      [/^apps\/server\/state$/, /share|storage|doors|threads|node:(net|tls)/],
      [/^apps\/client\/(?!cli\/|main$)/, /\/cli\//],
      [/^apps\/client\/transfer\//, /queue|tree/],
      [/^apps\/client\/session$/, /transfer|queue|tree|requests/],
      [/^apps\/client\/connection$/, /apps\//],
      [/^apps\/client\/cli\/progress$/, /commands|connection/],
    ]
    for (const [from, to] of forbidden) {
      const parts = Object.keys(ARROWS).filter((part) => from.test(part))
      expect(parts, String(from)).not.toEqual([])
      for (const part of parts)
        expect(
          ARROWS[part]?.filter((target) => to.test(target)),
          part,
        ).toEqual([])
    }
  })

  it('no program imports a test, and no test of one application the other', () => {
    for (const { path: file, imports } of SOURCES)
      expect(
        imports.filter((name) => /^test\/|\.(test|contract)\.ts$/.test(name)),
        file,
      ).toEqual([])
    for (const [app, other] of [
      ['apps/client/', /^(apps\/server\/|@ftp\/server)/],
      ['apps/server/', /^(apps\/client\/|@ftp\/client)/],
    ] as const) {
      const files = FILES.filter(({ path: file }) => file.startsWith(app))
      for (const { path: file, imports } of files)
        expect(
          imports.filter((name) => other.test(name)),
          file,
        ).toEqual([])
    }
  })
})
