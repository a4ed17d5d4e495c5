import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findingTexts } from './findings.ts'

const page = readFileSync('docs/doctor.md', 'utf8')

test('docs/doctor.md has every finding, word for word [D2]', () => {
  const rows = Object.entries(findingTexts).map(
    ([id, { title, meaning }]) => `| \`${id}\` | ${title} | ${meaning} |`,
  )
  assert.deepEqual(
    rows.filter((row) => !page.includes(row)),
    [],
  )
})

test('docs/doctor.md has no finding that there is not [D2]', () => {
  const section = page.slice(page.indexOf('\n## Findings'))
  const ids = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)
  assert.deepEqual(ids.slice(1), Object.keys(findingTexts))
})
