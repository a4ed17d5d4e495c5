import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { accessibilityProblems, saveScreenshot } from '../browser.ts'
import {
  fillSignIn,
  newPageWithoutScript,
  removeAssignments,
  signIn,
  startWorld,
  type World,
} from '../world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

test('one sign-in lands on exactly the URL asked for and readies a segment never visited before [S1] [S2] [C7] [C9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, `${world.home}a/b?x=1#part`, world.alice)
  assert.equal(page.url(), `${world.home}a/b?x=1#part`)

  const call = await page.evaluate(async (url) => {
    const response = await fetch(url, {
      method: 'PUT',
      credentials: 'include',
      headers: { 'x-custom': '1' },
      body: 'hello',
    })
    return { status: response.status, redirected: response.redirected, url: response.url }
  }, `${world.api}api/orders/1`)
  assert.deepEqual(call, { status: 200, redirected: false, url: `${world.api}api/orders/1` })
})

// As Chromium itself writes them into a request; whatever it escapes is escaped here.
const oddTargets = [
  'api/a;v=1/b?q=%2F%26%3D+%20&q=2&=&&empty=&%E2%82%AC=%F0%9F%98%80#a?b/c&d=%20%E2%82%AC',
  'api/?url=https://elsewhere.example/x?y=z&state=1&code=2&error=3&to=4!$%27()*,:;@/?|',
  'api/lone?',
  'api/dots..and.~?return=//elsewhere.example#/route/1?tab=2',
] as const
for (const target of oddTargets) {
  test(`the landing page is exact, odd characters and all: ${target} [S1]`, async () => {
    await using profile = await world.profile()
    const page = await profile.newPage()
    await signIn(page, world.api + target, world.alice)
    assert.equal(page.url(), world.api + target)
    const arrived = JSON.parse((await page.textContent('body')) ?? '') as { url: string }
    assert.equal(arrived.url, `/${target.replace(/#.*$/, '')}`)
  })
}

test('of five tabs opened at once one signs in, and all end signed in where they wanted to go [S7]', async () => {
  await using profile = await world.profile()
  const wanted = [1, 2, 3, 4, 5].map(
    (tab) => `${tab % 2 ? world.home : world.api}api/tab?n=${tab}#t${tab}`,
  )
  const tabs = await Promise.all(
    wanted.map(async (url) => {
      const page = await profile.newPage()
      await page.goto(url)
      await page.getByLabel('User name').waitFor()
      return page
    }),
  )
  const [first, again, ...others] = tabs as [Page, Page, ...Page[]]
  await fillSignIn(first, world.alice)
  await first.waitForURL(wanted[0] as string)
  const before = await providerSession(profile)
  // Somebody who does not know that it is done already signs in once more; the others reload the form.
  await fillSignIn(again, world.alice)
  await Promise.all(others.map((page) => page.reload()))
  await Promise.all(tabs.map((page, index) => page.waitForURL(wanted[index] as string)))
  // A new id for every tab would cut off those that are just asking with the old one.
  assert.equal(await providerSession(profile), before)
})

test('background requests never become the landing place and start no sign-in [S4] [S7]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  await profile.clearCookies()
  const statuses = new Map<string, number>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (/^\/background/.test(pathname)) statuses.set(pathname, response.status())
  })
  await page.setContent(`<link rel="manifest" href="/background-manifest" crossorigin="use-credentials">
    <a href="/api/wanted?y=2#z">on</a><img id="image" src="/background-image">`)
  const session = await profile.newCDPSession(page)
  await session.send('Page.getAppManifest')
  await page.evaluate(
    (url) => fetch(url, { headers: { accept: 'text/html' } }),
    '/background-fetch',
  )
  await page.waitForFunction("document.getElementById('image').complete")
  assert.deepEqual(Object.fromEntries(statuses), {
    '/background-image': 401,
    '/background-manifest': 401,
    '/background-fetch': 401,
  })
  assert.deepEqual(await profile.cookies(), [])

  await page.getByRole('link', { name: 'on' }).click()
  await fillSignIn(page, world.alice)
  await page.waitForURL(`${world.home}api/wanted?y=2#z`)
})

test('a wrong password shows the form again, then the right one lands where the person wanted to go [S1] [S11]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.goto(`${world.home}after?mistake=1#here`)
  await saveScreenshot(page, 'sign-in')
  assert.deepEqual(await accessibilityProblems(page), [])
  await fillSignIn(page, { ...world.bob, password: `${world.bob.password}x` })
  await page.getByRole('alert').waitFor()
  await saveScreenshot(page, 'sign-in-wrong-password')
  assert.deepEqual(await accessibilityProblems(page), [])
  assert.equal(await page.getByLabel('User name').inputValue(), world.bob.userPrincipalName)
  await fillSignIn(page, world.bob)
  await page.waitForURL(`${world.home}after?mistake=1#here`)
})

test('the back button after a sign-in loses nobody: the page behind it is still there [S1]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, `${world.home}?first=1`, world.alice)
  await page.goBack()
  await page.getByRole('heading', { name: 'This page has expired' }).waitFor()
  await saveScreenshot(page, 'back-to-used-form')
  await page.goForward()
  assert.equal(page.url(), `${world.home}?first=1`)
  const status = await page.evaluate(async () => (await fetch('config.json')).status)
  assert.equal(status, 200)
})

test('a browser without script signs in as well, and a second segment is ready [S1] [S2]', async () => {
  await using scripted = await world.profile()
  const page = await newPageWithoutScript(scripted)
  await signIn(page, `${world.api}api/plain?x=1`, world.alice)
  assert.equal(page.url(), `${world.api}api/plain?x=1`)
  const response = await page.goto(`${world.home}client.css`)
  assert.equal(response?.status(), 200)
  assert.equal(response?.request().redirectedFrom(), null)
})

test('a person who is not assigned signs in and gets a page that says so [S8] [F7]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await removeAssignments(world.graph, world.bob)
  await signIn(page, `${world.home}?mine`, world.bob)
  await page.getByRole('heading', { name: 'You are not assigned to this application' }).waitFor()
  assert.ok((await page.textContent('main'))?.includes(world.bob.userPrincipalName))
  assert.equal((await page.reload())?.status(), 403)
  await saveScreenshot(page, 'not-assigned')
  assert.deepEqual(await accessibilityProblems(page), [])
})

async function providerSession(profile: BrowserContext): Promise<string> {
  const found = (await profile.cookies()).find(({ name }) => name === '__Host-sallyport-login')
  assert.ok(found)
  return found.value
}
