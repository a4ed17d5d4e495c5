import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { accessibilityProblems, saveScreenshot } from '../../browser.ts'
import { HttpClient } from '../../http-client.ts'
import { publish, signIn, startWorld, type World } from '../../world.ts'

// What people see of the edge's own hosts, in Chromium.

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

async function look(page: Page, name: string): Promise<void> {
  for (const [scheme, width] of [
    ['light', 1100],
    ['dark', 1100],
    ['light', 360],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 800 })
    assert.deepEqual(await accessibilityProblems(page), [], `${name} ${scheme} ${width}`)
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    assert.ok(Number(wide) <= width, `${name} is wider than ${width}`)
    await saveScreenshot(page, `${name}-${scheme}-${width}`)
  }
  await page.emulateMedia({ forcedColors: 'active' })
  await saveScreenshot(page, `${name}-contrast`)
  await page.emulateMedia({ forcedColors: 'none' })
}

test('My Apps, and the portal for somebody without a role, are clean in every light and width [G5]', async () => {
  for (let i = 1; i <= 9; i++) {
    const urls = { externalUrl: world.external(`app${i}`), internalUrl: `http://app${i}.test/` }
    await publish(world.graph, `${'Expenses and travel '.slice(0, i * 2)}${i}`, urls)
  }
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.external('myapps'), world.alice)
  await page.getByRole('heading', { name: 'My Apps' }).waitFor()
  await look(page, 'my-apps')
  await page.getByRole('searchbox').fill('exp')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\?q=exp$/)
  assert.ok((await page.getByRole('listitem').count()) > 2)
  await page.goto(world.external('portal'))
  await page.getByRole('heading', { name: 'You have no role here' }).waitFor()
  await look(page, 'portal-without-role')
  await page.getByRole('link', { name: 'My Apps' }).click()
  await page.getByRole('heading', { name: 'My Apps' }).waitFor()
})

test('the edge’s own error page leads to the page about the error, and both are clean in every light and width [F7]', async () => {
  const urls = { externalUrl: world.external('gone'), internalUrl: 'http://nowhere.invalid/' }
  await publish(world.graph, 'Gone', { ...urls, externalAuthenticationType: 'passthru' })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.goto(world.external('gone'))
  await look(page, 'error')
  await page.getByRole('link', { name: 'What this means' }).click()
  await page.getByRole('heading', { name: /^backend-unreachable: / }).waitFor()
  await look(page, 'error-meaning')
})

test('a program’s code is entered, understood and let in by a person [G3]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  const login = world.external('login')
  const scope = 'openid offline_access AuditLog.Read.All Application.ReadWrite.All'
  await using program = new HttpClient({ ca: world.ca })
  const started = await program.request(`${login}device/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      client_id: '14d82eec-204b-4c2f-b7e8-296a70dab67e',
      scope,
    }).toString(),
  })
  const { user_code: code, verification_uri_complete: complete } = JSON.parse(started.text)
  await page.goto(`${login}device`)
  await look(page, 'device-code')
  await page.getByLabel('Code').fill('nothing')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('alert').waitFor()
  await look(page, 'device-code-wrong')
  await page.goto(complete)
  await page.getByRole('heading', { name: 'Is this your program?' }).waitFor()
  assert.ok((await page.getByText(code).count()) > 0)
  await look(page, 'device-confirm')
  await page.getByRole('button', { name: 'Sign in and let it in' }).click()
  await page.getByLabel('User name').fill(world.alice.userPrincipalName)
  await page.getByLabel('Password').fill(world.alice.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'The program is let in' }).waitFor()
  await look(page, 'device-done')
})
