import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startWorld, type World } from '../world.ts'

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
