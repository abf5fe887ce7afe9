import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { PAGE_FOLDER } from '@ftp/web'

/** A file of the page, ready to be sent. */
export interface Asset {
  /** The value of `Content-Type`. */
  readonly type: string
  readonly bytes: Uint8Array
  /** The same bytes in gzip, if that is worth its name. */
  readonly gzip: Uint8Array | undefined
  /** Of the content, with its quotes. */
  readonly etag: string
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
}

const compress = promisify(gzip)

/** The files of the built page, by name. They are few and small, and are read once,
 * when the first is wanted. */
export class PageAssets {
  readonly #folder: URL
  #assets: Promise<ReadonlyMap<string, Asset>> | undefined

  constructor(folder: URL = PAGE_FOLDER) {
    this.#folder = folder
  }

  async isBuilt(): Promise<boolean> {
    return (await this.find('index.html')) !== undefined
  }

  /** @param name `index.html`, or the name of a file in `assets/`. @returns undefined if nothing has it */
  async find(name: string): Promise<Asset | undefined> {
    this.#assets ??= readAssets(this.#folder)
    const assets = await this.#assets
    // It may be built while the server runs.
    if (assets.size === 0) this.#assets = undefined
    return assets.get(name)
  }
}

async function readAssets(folder: URL): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>()
  try {
    assets.set('index.html', await readAsset(new URL('index.html', folder)))
    const below = new URL('assets/', folder)
    for (const name of await fs.promises.readdir(below))
      assets.set(name, await readAsset(new URL(name, below)))
  } catch {
    // The page has not been built, or only in part: there is none.
    assets.clear()
  }
  return assets
}

async function readAsset(file: URL): Promise<Asset> {
  const bytes = await fs.promises.readFile(file)
  const compressed = await compress(bytes, { level: 9 })
  const [, extension = ''] = /\.([^.]*)$/.exec(file.pathname) ?? []
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    bytes,
    gzip: compressed.length < 0.9 * bytes.length ? compressed : undefined,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
  }
}
