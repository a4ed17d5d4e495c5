import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
// Below the packages, so that the compiler finds them from there.
const folder = 'node_modules/.cache/dashboard'

test('the dashboard is one by the types of Grafana itself [D4]', async () => {
  const json = await readFile('docs/dashboards/sallyport.json', 'utf8')
  await mkdir(folder, { recursive: true })
  const file = `${folder}/dashboard.ts`
  await writeFile(file, asTypeScript(json))
  const terms = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--types', '']
  const modules = ['--module', 'esnext', '--moduleResolution', 'bundler']
  const checked = run('node_modules/.bin/tsc', [...terms, ...modules, file])
  const said = await checked.then(
    () => '',
    ({ stdout }: { readonly stdout: string }) => stdout,
  )
  assert.equal(said, '')
  await rm(folder, { recursive: true })
})

/** Members of an enumeration are texts in JSON, and names in TypeScript. */
function asTypeScript(json: string): string {
  const written = json.replaceAll(/"mode": "(\w+)"/g, '"mode": "$1" as ThresholdsMode')
  return `import type { Dashboard, Panel, RowPanel, ThresholdsMode } from '@grafana/schema'
type Panels = { panels: (Panel | RowPanel)[] }
export const dashboard: Omit<Dashboard, 'panels'> & Panels = ${written}
`
}
