import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { FILES, packageOf, SOURCES, type SourceFile } from './sources.ts'

/*
 * Who may know whom. A part is a folder of an application, or a package; a file that stands in no folder belongs to
 * the application itself. Every import needs its arrow here, and a new arrow is a decision: think before you draw it.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'packages/md5': ['node:crypto', 'node:fs', 'node:path', 'node:worker_threads'],
  'packages/protocol': ['@ftp/md5', 'valibot', 'node:crypto'],
  'packages/terminal': [
    ...['@ftp/protocol', 'node:fs', 'node:module', 'node:os', 'node:path', 'node:readline', 'node:stream'],
  ],

  'apps/server': [
    ...[
      'apps/server/commands',
      'apps/server/conversation',
      'apps/server/guards',
      'apps/server/hooks',
      'apps/server/log',
      'apps/server/metrics',
    ],
    ...['apps/server/share', 'apps/server/state', 'apps/server/storage', 'apps/server/threads'],
    ...['@ftp/protocol', '@ftp/terminal', 'commander', 'uqr'],
    ...['node:fs', 'node:net', 'node:os', 'node:path', 'node:v8', 'node:worker_threads'],
  ],
  'apps/server/metrics': ['@ftp/protocol', 'prom-client', 'node:events', 'node:http'],
  'apps/server/hooks': ['p-limit', 'node:child_process', 'node:events'],
  'apps/server/discovery': [
    ...['@ftp/protocol', 'bonjour-service', 'node:os', 'node:path', 'node:worker_threads'],
  ],
  'apps/server/commands': [
    ...[
      'apps/server',
      'apps/server/discovery',
      'apps/server/guards',
      'apps/server/log',
      'apps/server/share',
      'apps/server/state',
      'apps/server/storage',
      '@ftp/protocol',
      '@ftp/terminal',
    ],
    ...['commander', 'node:crypto', 'node:events', 'node:fs', 'node:os', 'node:path', 'node:sqlite'],
  ],
  'apps/server/guards': ['apps/server/log', '@ftp/protocol', 'node:fs', 'node:net'],
  'apps/server/log': ['@ftp/protocol', 'pino'],
  'apps/server/threads': [
    ...[
      'apps/server',
      'apps/server/conversation',
      'apps/server/guards',
      'apps/server/log',
      'apps/server/metrics',
      'apps/server/share',
      'apps/server/state',
      'apps/server/storage',
    ],
    ...['@ftp/md5', '@ftp/protocol', 'node:net', 'node:path', 'node:tls', 'node:worker_threads'],
  ],
  'apps/server/conversation': [
    ...['apps/server/guards', 'apps/server/log', 'apps/server/share', '@ftp/md5', '@ftp/protocol'],
    ...['node:net', 'node:stream', 'node:timers/promises'],
  ],
  'apps/server/share': [
    ...['apps/server/state', 'apps/server/storage', '@ftp/md5', '@ftp/protocol'],
    ...['node:crypto', 'node:timers/promises'],
  ],
  'apps/server/storage': [
    ...['@ftp/protocol', 'node:crypto', 'node:fs', 'node:path', 'node:timers/promises', 'node:util'],
  ],
  'apps/server/state': [
    ...['apps/server/log', '@ftp/md5', '@ftp/protocol', '@peculiar/x509', 'reflect-metadata', 'valibot'],
    ...['node:crypto', 'node:fs', 'node:path', 'node:sqlite'],
  ],

  'apps/client': [
    ...[
      'apps/client/command-line',
      'apps/client/commands',
      'apps/client/connection',
      'apps/client/discovery',
    ],
    ...['apps/client/requests', 'apps/client/transfer'],
    ...['@ftp/protocol', '@ftp/terminal', 'valibot'],
    ...['node:crypto', 'node:fs', 'node:net', 'node:os', 'node:path', 'node:stream'],
    ...['node:stream/consumers', 'node:timers/promises', 'node:v8'],
  ],
  'apps/client/command-line': [
    ...['apps/client', 'apps/client/commands', 'apps/client/completion', 'apps/client/help'],
    ...['apps/client/shell', '@ftp/protocol', '@ftp/terminal', 'commander'],
  ],
  'apps/client/requests': ['apps/client', 'apps/client/connection', '@ftp/protocol'],
  'apps/client/commands': [
    ...['apps/client', 'apps/client/discovery', 'apps/client/progress', 'apps/client/requests'],
    ...['apps/client/selection', 'apps/client/transfer', 'apps/client/tree'],
    ...['@ftp/protocol', '@ftp/terminal', '@ftp/md5', 'node:crypto', 'node:events', 'node:fs', 'node:path'],
    ...['node:stream', 'node:stream/consumers', 'node:stream/promises', 'node:timers/promises'],
    ...['node:v8'],
  ],
  'apps/client/tree': [
    ...['apps/client', 'apps/client/requests', 'apps/client/selection'],
    ...['apps/client/transfer', '@ftp/protocol', 'node:fs', 'node:path', 'node:timers/promises'],
  ],
  'apps/client/selection': ['@ftp/protocol', 'ignore', 'picomatch'],
  'apps/client/shell': [
    ...['apps/client', 'apps/client/command-line', 'apps/client/commands', 'apps/client/completion'],
    ...['apps/client/help', 'apps/client/progress', '@ftp/protocol', 'commander'],
    ...[
      'node:child_process',
      'node:events',
      'node:fs',
      'node:os',
      'node:path',
      'node:readline',
      'node:stream',
    ],
  ],
  'apps/client/completion': [
    ...['apps/client', 'apps/client/commands', 'apps/client/help', '@ftp/protocol', 'commander'],
    ...['node:fs', 'node:path'],
  ],
  'apps/client/help': ['commander'],
  'apps/client/discovery': [
    ...['@ftp/protocol', 'bonjour-service', 'valibot', 'node:os', 'node:path', 'node:worker_threads'],
  ],
  'apps/client/progress': [
    ...['apps/client', 'apps/client/transfer', '@ftp/md5', '@ftp/protocol', 'cli-progress', 'node:path'],
  ],
  'apps/client/transfer': [
    ...['apps/client/connection', '@ftp/md5', '@ftp/protocol'],
    ...['node:crypto', 'node:fs', 'node:path', 'node:sqlite', 'node:stream', 'node:util'],
  ],
  'apps/client/connection': [
    ...['@ftp/md5', '@ftp/protocol', 'node:crypto', 'node:net', 'node:timers/promises', 'node:tls'],
  ],
}

function partOf(file: string): string {
  const [kind = '', name = '', , ...below] = file.split('/')
  return below.length > 1 ? path.join(kind, name, below[0] ?? '') : path.join(kind, name)
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

  it('the table keeps apart what must not know each other', () => {
    const forbidden: readonly [RegExp, RegExp][] = [
      [/^packages\/md5$/, /^(?!node:)|node:(net|tls)/],
      [/^packages\/protocol$/, /node:(?!crypto$)|apps\//],
      [/^packages\/terminal$/, /node:(net|tls|http|worker_threads|child_process)|apps\//],
      [/^apps\/server/, /apps\/client|@ftp\/client/],
      [/^apps\/client/, /apps\/server|@ftp\/server/],
      [/^apps\/server\/share$/, /conversation|threads|node:(net|tls|fs)/],
      [/^apps\/server\/storage$/, /share|conversation|threads|state|node:(net|tls)/],
      [/^apps\/server\/conversation$/, /storage|state|threads|node:fs/],
      [/^apps\/server\/state$/, /share|storage|conversation|threads|node:(net|tls)/],
      [/^apps\/client\/(transfer|connection)$/, /progress|commands|apps\/client$/],
      [/^apps\/client\/connection$/, /transfer/],
      [/^apps\/client\/progress$/, /commands|connection/],
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
