import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { PageAssets } from './page-assets.ts'

it('finds nothing where no page has been built, and everything as soon as one has', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'))
  try {
    const assets = new PageAssets(pathToFileURL(`${folder}/`))
    expect(await assets.find('index.html')).toBeUndefined()
    fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html>')
    fs.mkdirSync(path.join(folder, 'assets'))
    fs.writeFileSync(path.join(folder, 'assets', 'main-1.js'), 'let a = 1\n'.repeat(100))
    expect(await assets.find('index.html')).toMatchObject({
      type: 'text/html; charset=utf-8',
      gzip: undefined,
    })
    expect((await assets.find('main-1.js'))?.gzip?.length).toBeLessThan(100)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})
