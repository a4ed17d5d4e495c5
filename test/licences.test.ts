import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

interface LockedPackage {
  readonly license?: string
  readonly dev?: boolean
}

// docs/dependencies.md, rule 3: they ask nothing of users, and go with Apache-2.0.
const free: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'Unlicense'],
  'MIT OR Apache-2.0',
])

/** Tools of which nothing is shipped, by the beginning of their names, and what their manifests say. */
const tools = [
  ['axe-core', 'MPL-2.0'],
  // Vite's, for style sheets.
  ['lightningcss', 'MPL-2.0'],
  // MIT in its LICENSE file.
  ['@microsoft/microsoft-graph-types-beta', undefined],
] as const

test('every package that the lockfile names has a licence that goes with Apache-2.0', async () => {
  const lockfile = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const packages = Object.entries<LockedPackage>(lockfile.packages)
  const odd = packages.filter(([path, { license }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const isKnownTool = tools.some(([tool, said]) => name.startsWith(tool) && license === said)
    return path !== '' && !free.has(license ?? '') && !isKnownTool
  })
  assert.deepEqual(
    odd.map(([path, { license }]) => `${path}: ${license}`),
    [],
  )
  assert.equal(lockfile.packages['']?.license, 'Apache-2.0')
  assert.ok(packages.length > 100)
})
