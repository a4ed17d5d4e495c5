import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from './folder.ts'
import { ensurePortal, portalBuilder as portal } from './portal-build.ts'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

// ecosystem.md §11 measured what Fluent costs; what a page needs on top of it must be little.
const firstLoadMaxBytes = 300_000

before(ensurePortal)

test('every page of the portal is there after at most 300 kB, style included [G5]', () => {
  const manifest = readManifest()
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry)
  assert.ok(entry)
  const pages = Object.keys(manifest).filter((name) => name.endsWith('-page.tsx'))
  assert.ok(pages.length > 0)
  const sizes = pages.map((page) => [page, sizeOf(manifest, [entry, page])] as const)
  const heavy = sizes.filter(([, bytes]) => bytes > firstLoadMaxBytes)
  assert.deepEqual(heavy, [])
})

function readManifest(): Record<string, Chunk> {
  return JSON.parse(readFileSync('dist/portal/.vite/manifest.json', 'utf8'))
}

/** What a browser has to load for these chunks and all that they import, compressed, with the page itself. */
function sizeOf(manifest: Record<string, Chunk>, names: readonly string[]): number {
  const files = new Set(['index.html'])
  const visit = (name: string): void => {
    const chunk = manifest[name]
    if (!chunk || files.has(chunk.file)) return
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    for (const next of chunk.imports ?? []) visit(next)
  }
  for (const name of names) visit(name)
  const bytes = [...files].map((file) => gzipSync(readFileSync(`dist/portal/${file}`)).length)
  return bytes.reduce((sum, each) => sum + each, 0)
}

test('the portal counts as built until its sources change, tests excepted', async () => {
  await using folder = await temporaryFolder()
  const root = folder.path
  const write = async (file: string, text: string) => {
    await mkdir(join(root, file, '..'), { recursive: true })
    await writeFile(join(root, file), text)
  }
  for (const file of ['package-lock.json', 'vite.config.ts', 'src/portal/main.tsx']) {
    await write(file, file)
  }
  assert.equal(portal.isPortalBuilt(root), false)
  // There is no Vite in that folder: the complaint is told, and nothing is left that looks built.
  assert.match((await portal.buildPortal(root)) ?? '', /vite/)
  assert.equal(portal.isPortalBuilt(root), false)
  const vite = `import { writeFileSync } from 'node:fs'
writeFileSync(process.env.PORTAL_OUT + '/index.html', '<h1>built</h1>')`
  await write('node_modules/vite/package.json', '{"type":"module"}')
  await write('node_modules/vite/bin/vite.js', vite)
  // Two at once do not get into each other's way.
  const both = await Promise.all([portal.buildPortal(root), portal.buildPortal(root)])
  assert.deepEqual(both, [undefined, undefined])
  assert.deepEqual(await readdir(join(root, 'dist')), ['portal', 'portal.stamp'])
  const made = await readdir(join(root, 'dist/portal'))
  assert.deepEqual(made.sort(), ['index.html', 'index.html.br', 'index.html.gz'])
  await write('src/portal/main.test.ts', 'a test')
  assert.equal(portal.isPortalBuilt(root), true)
  await write('src/portal/main.tsx', 'changed')
  assert.equal(portal.isPortalBuilt(root), false)
})
