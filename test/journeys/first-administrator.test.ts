import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GraphClient } from '../../src/run/graph-client.ts'
import { accessibilityProblems, openProfile, saveScreenshot } from '../browser.ts'
import { everythingKept } from '../everything-written.ts'
import { temporaryFolder } from '../folder.ts'
import { sallyport } from '../pieces.ts'

const name = 'ada@contoso.test'
const password = 'a sentence for the first one'

test('an edge without anybody prints a link; who opens it administers, in a browser and by the API; no secret of it is kept [N1] [S11] [G3] [D4]', async () => {
  await using folder = await temporaryFolder()
  const options = ['--data', folder.path, '--domain', 'contoso.localhost', '--port', '0']
  const proxied = ['--host', '127.0.0.1', '--trusted-proxy', '127.0.0.1/32']
  await using edge = sallyport('edge', ...options, ...proxied)
  const first = (await edge.line((line) => line.includes('/set-up?code='))).trim()
  // A new link takes the place of the one before.
  await using again = sallyport('set-up', '--data', folder.path)
  assert.equal(await again.exit, 0)
  const link = again.stdout.trim()
  assert.equal(link.split('=')[0], first.split('=')[0])
  assert.notEqual(link, first)
  const graph = /Management API: (\S+)/.exec(edge.stdout)?.[1] ?? ''
  const ca = await readFile(join(folder.path, 'ca.pem'), 'utf8')
  await using profile = await openProfile(ca)
  const page = await profile.newPage()
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': '198.51.100.7, 203.0.113.9' })
  await page.goto(link)
  assert.deepEqual(await accessibilityProblems(page), [])
  await saveScreenshot(page, 'set-up')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('New password', { exact: true }).fill(password)
  await page.getByLabel('New password, once more').fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Add a passkey' }).waitFor()
  await page.getByRole('link', { name: 'Back to your account' }).click()
  await page.getByText('203.0.113.9').waitFor()
  await page.getByRole('button', { name: 'Make a token' }).click()
  await page.getByRole('heading', { name: 'A token for the management API' }).waitFor()
  const token = (await page.locator('code').last().textContent()) ?? ''
  const api = new GraphClient(graph, token, ca)
  const people = (await api.call('GET', '/users'))?.['value'] as readonly Record<string, unknown>[]
  assert.deepEqual(
    people.map((person) => person['userPrincipalName']),
    [name],
  )
  const [ada] = people
  const person = `/users/${ada?.['id']}`
  const last = /last Global Administrator/
  await assert.rejects(api.call('PATCH', person, { accountEnabled: false }), last)
  await assert.rejects(api.call('DELETE', person), last)
  await api.call('POST', `${person}/revokeSignInSessions`)
  await assert.rejects(api.call('GET', '/users'), /InvalidAuthenticationToken|401/)
  await api.close()
  const code = new URL(link).searchParams.get('code') ?? ''
  assert.ok(code.length >= 16)
  for (const [place, text] of await everythingKept(folder.path)) {
    for (const secret of [code, password, token.slice(token.lastIndexOf('.') + 1)]) {
      assert.ok(!text.includes(secret), `${place} holds a secret`)
    }
  }
  assert.ok(!edge.stderr.includes(code), 'the link is printed, not logged')
  await using late = sallyport('set-up', '--data', folder.path)
  assert.equal(await late.exit, 1)
  assert.match(late.stderr, /There is an administrator already/)
})

for (const command of ['token', 'set-up']) {
  test(`sallyport ${command} for a folder without an edge says so, and leaves nothing there`, async () => {
    await using folder = await temporaryFolder()
    await using said = sallyport(command, '--data', folder.path)
    assert.equal(await said.exit, 1)
    assert.match(said.stderr, /holds no edge\. Give the --data that the edge was started with\./)
    assert.equal(said.stdout, '')
    assert.deepEqual(await readdir(folder.path), [])
  })
}
