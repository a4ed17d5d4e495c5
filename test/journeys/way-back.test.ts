import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessibilityProblems, openProfile, saveScreenshot } from '../browser.ts'
import { Editor } from '../editor.ts'
import {
  clickSignIn,
  type Editors,
  editSignedOut,
  formSignedOut,
  popup,
  signOutAlice,
  startEditors,
} from '../signed-out.ts'
import { fillSignIn, publish, signIn, type World } from '../world.ts'

let editors: Editors
let world: World
let editor: Editor
let edit: string
let store: string
let keeping: Editor
let keptEdit: string
let far: Editors['far']
before(async () => {
  editors = await startEditors()
  ;({ world, editor, edit, store, keeping, keptEdit, far } = editors)
})
after(() => editors?.[Symbol.asyncDispose]())

test('a page in the middle of an edit loses nothing when its session ends: one more sign-in, one save [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  await page.click('#save')
  await page.getByRole('dialog', { name: 'You are signed out' }).waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])
  await saveScreenshot(page, 'signed-out-dialog')
  const window = await popup(page, () => clickSignIn(page))
  const closed = window.waitForEvent('close')
  await fillSignIn(window, world.alice)
  await closed
  await page.getByText('saved 200').waitFor()
  await saveScreenshot(page, 'saved-after-sign-in')
  assert.equal(page.url(), edit)
  assert.equal(await page.getByLabel('Text').inputValue(), 'two hours of work')
  assert.deepEqual(editor.arrivals, [
    { what: 'PUT /save/one', type: 'text/plain;charset=UTF-8', body: 'two hours of work' },
  ])
})

test('of many calls that fail at once each is repeated once after one sign-in, on a page that is cut off from windows (COOP) [S5] [S7]', async () => {
  editor.isolated = true
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  editor.isolated = false
  const saving = page.evaluate('Promise.all([1,2,3,4,5].map(n=>save(n).then(({status})=>status)))')
  await page.getByRole('dialog').waitFor()
  const window = await popup(page, () => clickSignIn(page))
  await window.getByLabel('User name').waitFor()
  assert.equal(await window.evaluate('opener'), null)
  await fillSignIn(window, world.alice)
  assert.deepEqual(await saving, [200, 200, 200, 200, 200])
  const saves = editor.arrivals.map(({ what }) => what).sort()
  assert.deepEqual(
    saves,
    [1, 2, 3, 4, 5].map((n) => `PUT /save/${n}`),
  )
})

test('a frame of a signed-out page says so, and goes on after a sign-in in a window of its own [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  await page.evaluate(`{const frame=document.createElement('iframe');frame.src='${store}inner';
    frame.width=600;frame.height=300;document.body.append(frame)}`)
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await saveScreenshot(page, 'signed-out-frame')
  const link = frame.getByRole('link', { name: 'Sign in' })
  const window = await popup(page, () => link.click())
  await fillSignIn(window, world.alice)
  await frame.getByText('GET /inner').waitFor()
})

test('a form survives the sign-in and is sent once, also when the page is loaded again [S5]', async () => {
  await using profile = await world.profile()
  const page = await formSignedOut(editors, profile, 'multipart/form-data')
  await fillSignIn(page, world.alice)
  await page.getByText('POST /form').waitFor()
  const [arrival, ...more] = keeping.arrivals
  assert.deepEqual(more, [])
  assert.ok(arrival?.type?.startsWith('multipart/form-data'))
  assert.match(arrival?.body ?? '', /two.hours.of.work/)
  assert.equal(page.url(), new URL('/form', keptEdit).href)
  await page.reload()
  await page.getByRole('heading', { name: 'This form was not sent again' }).waitFor()
  assert.equal(keeping.arrivals.length, 1)
  await page.goBack()
  assert.equal(keeping.arrivals.length, 1)
})

test('pages that were never changed sign in again as well, where the script is put into them [S5]', async () => {
  await using plain = new Editor()
  plain.script = ''
  const published = await plain.publish(world, 'plain', { isSessionScriptInjected: true })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, `${published.edit}edit`, world.alice)
  assert.equal(
    await page.evaluate('document.scripts[0].src'),
    `${published.edit}.sallyport/session.js`,
  )
  // What a script fetches is the application's own.
  const fetched = await page.evaluate("fetch('/edit').then(answer=>answer.text())")
  assert.doesNotMatch(String(fetched), /sallyport\/session\.js/)
  await signOutAlice(editors, profile)
  const refused =
    page.evaluate(`new Promise(end=>{const x=new XMLHttpRequest;let loads=0;x.open('GET','/no')
    x.onload=()=>loads++;x.onloadend=()=>end([x.status,loads]);x.send()})`)
  await page.getByRole('button', { name: 'Not now' }).click()
  assert.deepEqual(await refused, [401, 1])
  await page.getByLabel('Text').fill('written')
  await page.click('#save')
  // Libraries listen in each of these ways.
  const asked = page.evaluate(`new Promise(end=>{const x=new XMLHttpRequest,seen=[]
    x.onreadystatechange=()=>x.readyState===4&&seen.push('state '+x.status)
    x.open('POST','/by-xhr');x.setRequestHeader('x-n','1');x.responseType='blob';x.responseType='text'
    x.onload=()=>seen.push('load '+x.status);x.addEventListener('loadend',()=>end([...seen,x.responseText]))
    x.send('sent')})`)
  const window = await popup(page, () => clickSignIn(page))
  await fillSignIn(window, world.alice)
  await page.getByText('saved 200').waitFor()
  const [state, load, answer] = (await asked) as string[]
  assert.deepEqual([state, load], ['state 200', 'load 200'])
  assert.match(answer ?? '', /POST \/by-xhr/)
  assert.deepEqual(plain.arrivals.map(({ body }) => body).sort(), ['sent', 'written'])
})

test('one sign-in readies hosts of several registrable domains, though the browser blocks cookies of other sites, past a host that nobody finds [S2] [S3]', async () => {
  // Chromium blocks them in every profile that is thrown away, as Safari does always, but may be told otherwise.
  const more = ['--test-third-party-cookie-phaseout']
  await using profile = await openProfile(world.ca, undefined, more)
  const page = await profile.newPage()
  await signIn(page, `${far.edit}edit`, world.alice)
  const seen = await page.evaluate(
    `fetch('${far.store}save',{method:'PUT',credentials:'include',headers:{'x-n':'1'},body:'x'})
      .then(({status,redirected})=>({status,redirected}))`,
  )
  assert.deepEqual(seen, { status: 200, redirected: false })
  // A frame of the other site belongs to the same page.
  await page.evaluate(`{const frame=document.createElement('iframe');frame.src='${far.store}inner';
    document.body.append(frame)}`)
  await page.frameLocator('iframe').getByText('GET /inner').waitFor()
  // Alone the other site asks the provider, which asks nobody.
  await page.goto(`${far.store}alone#here`)
  await page.waitForURL(`${far.store}alone#here`)
  await page.getByText('GET /alone').waitFor()
})

test('below a wildcard every host is entered without a second sign-in, and a window may begin at any and end at any [S2] [S5]', async () => {
  const at = (host: string) => `https://${host}.wild.localhost:${world.port}/`
  // Nothing answers inside, which is told to those alone who are signed in.
  const internalUrl = 'http://*.nowhere.invalid/'
  await publish(world.graph, 'wild', { externalUrl: at('*'), internalUrl })
  await using profile = await world.profile()
  const page = await profile.newPage()
  const unreachable = page.getByRole('heading', { name: 'The application cannot be reached' })
  await signIn(page, `${at('one')}first#here`, world.alice)
  await unreachable.waitFor()
  await page.goto(`${at('two')}second#there`)
  await page.waitForURL(`${at('two')}second#there`)
  await unreachable.waitFor()
  const [waiting, host] = [new URL(at('one')).origin, new URL(at('three')).origin]
  const asked = new URLSearchParams({ popup: waiting, at: host })
  await page.goto(`${waiting}/.sallyport/sign-in?${asked}`)
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
  assert.equal(new URL(page.url()).origin, waiting)
  assert.equal((await page.goto(`${host}/third`))?.request().redirectedFrom(), null)
})
