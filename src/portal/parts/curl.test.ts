import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { asCurl } from './curl.ts'

const change = {
  method: 'PATCH',
  path: '/beta/applications/1',
  body: { displayName: `It's "$HOME" \`id\` \\ ümlaut\nand more` },
  summary: 'Rename it',
} as const

test('a change as curl survives a shell whatever stands in it [G5]', () => {
  const command = asCurl(change, 'portal.contoso.com:8443').replace(/^curl/, "printf '%s\\0'")
  const printed = execFileSync('sh', ['-c', command], { env: { TOKEN: 't' }, encoding: 'utf8' })
  const words = printed.split('\0').slice(0, -1)
  assert.deepEqual(words.slice(0, -1), [
    ...['-X', 'PATCH', 'https://graph.contoso.com:8443/beta/applications/1'],
    ...['-H', 'Authorization: Bearer t', '-H', 'Content-Type: application/json', '-d'],
  ])
  assert.deepEqual(JSON.parse(words.at(-1) ?? ''), change.body)
})
