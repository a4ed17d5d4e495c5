import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { classifyRequest } from '../src/identity/sign-in/classify.ts'
import { chromiumRequests } from '../src/identity/sign-in/fixture-requests.ts'
import { openProfile } from './browser.ts'

const everything = `<!doctype html><title>everything</title>
<link rel="manifest" href="/manifest.json" crossorigin="use-credentials"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><link rel="prefetch" href="/link-prefetch">
<link rel="preload" as="fetch" href="/preload" crossorigin>
<script src="/script.js"></script><script type="module" src="/module.js"></script><p>text</p><img src="/image">
<svg><use href="/icon-use#a"/></svg><video src="/video"><track src="/track" default></video><audio src="/audio"></audio>
<iframe src="/iframe"></iframe><object data="/object" type="text/html"></object>
<embed src="/embed.pdf" type="application/pdf">
<iframe name="inner" srcdoc="<form method=post action=/iframe-form></form>"></iframe>
<form id="form" method="post" action="/form"><input name="a"></form>
<form id="form-text" method="post" enctype="text/plain" action="/form-text"><input name="a"></form>
<form id="form-parts" method="post" enctype="multipart/form-data" action="/form-parts"><input name="a"></form>
<form id="form-get" action="/form-get"><input name="a"></form>
<a id="link" href="/link" ping="/ping">link</a><a id="download" href="/download" download>download</a>
<a id="blank" href="/blank" target="_blank">blank</a>`

const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/everything': ['text/html', everything],
  '/style.css': ['text/css', '@font-face{font-family:f;src:url(/font.woff2)}p{font-family:f}'],
  '/script.js': ['text/javascript', ''],
  '/module.js': ['text/javascript', ''],
  '/worker.js': ['text/javascript', ''],
  '/events': ['text/event-stream', 'data: 1\n\n'],
  '/service-worker.js': [
    'text/javascript',
    `addEventListener('install',event=>event.waitUntil(fetch('/worker-install').then(()=>skipWaiting())))
addEventListener('activate',event=>event.waitUntil(clients.claim()))
addEventListener('fetch',event=>event.request.url.includes('/pass-')&&event.respondWith(fetch(event.request)))`,
  ],
}

/** Writes down what every path was asked for with, and answers something that fits. */
async function startRecorder() {
  const seen = new Map<string, IncomingMessage>()
  const heard = new Map<string, () => void>()
  const note = (request: IncomingMessage): string => {
    const path = (request.url ?? '').replace(/\?.*/, '')
    seen.set(path, request)
    heard.get(path)?.()
    return path
  }
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = note(request)
    if (path === '/redirect') response.writeHead(302, { location: '/redirected' })
    const [type, body] = bodies[path] ?? ['text/html', '<!doctype html>']
    if (!response.headersSent) response.setHeader('content-type', type)
    response.end(body)
  })
  server.on('upgrade', (request, socket) => {
    note(request)
    socket.destroy()
  })
  server.listen(0)
  await once(server, 'listening')
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    asked: async (path: string) => {
      if (!seen.has(path)) await new Promise<void>((resolve) => heard.set(path, resolve))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const scripted = `Promise.allSettled([fetch('/fetch'),fetch('/fetch-html',{headers:{accept:'text/html'}}),
fetch('/fetch-same-origin',{mode:'same-origin'}),fetch('/fetch-no-cors',{mode:'no-cors'}),
fetch('/fetch-post',{method:'POST',body:'x'}),fetch('/fetch-delete',{method:'DELETE'}),
new Promise(end=>{const x=new XMLHttpRequest;x.open('GET','/xhr');x.onloadend=end;x.send()}),
new Promise(end=>{const x=new XMLHttpRequest;x.open('GET','/xhr-document');x.responseType='document';x.onloadend=end;x.send()}),
new Promise(end=>{const x=new EventSource('/events');x.onerror=()=>end(x.close())}),
new Promise(end=>{new WebSocket(location.origin.replace('http','ws')+'/socket').onerror=end})]).then(()=>{
navigator.sendBeacon('/beacon','x');new Worker('/worker.js');frames.inner.document.forms[0].submit()})`

/** Does everything in a browser that the table has a line for. */
async function doEverything(page: Page, app: string, elsewhere: string): Promise<void> {
  await page.goto(`${app}/typed`)
  await page.goto(`${app}/redirect`)
  await page.goto(`${app}/everything`)
  await (await page.context().newCDPSession(page)).send('Page.getAppManifest')
  await page.evaluate(scripted)
  for (const id of ['form', 'form-text', 'form-parts', 'form-get']) {
    await page.goto(`${app}/everything`)
    await Promise.all([
      page.waitForURL(`**/${id}*`),
      page.evaluate(`document.getElementById('${id}').submit()`),
    ])
  }
  await page.goto(`${app}/everything`)
  const download = page.waitForEvent('download')
  await page.click('#download')
  await (await download).cancel()
  const opened = page.context().waitForEvent('page')
  await page.click('#blank')
  await (await opened).close()
  await Promise.all([page.waitForURL('**/link'), page.click('#link')])
  await page.goto(`${elsewhere}/typed`)
  await page.evaluate(`fetch('${app}/fetch-elsewhere').catch(()=>{})`)
  await Promise.all([
    page.waitForURL('**/from-elsewhere'),
    page.evaluate(`location.href='${app}/from-elsewhere'`),
  ])
  await page.goto(`${elsewhere}/typed`)
  const post = `document.body.innerHTML='<form method=post action=${app}/form-elsewhere>';document.forms[0].submit()`
  await Promise.all([page.waitForURL('**/form-elsewhere'), page.evaluate(post)])
  await page.goto(`${app}/typed`)
  await page.evaluate(
    `navigator.serviceWorker.register('/service-worker.js').then(()=>new Promise(go=>{
const ready=()=>navigator.serviceWorker.controller&&go();navigator.serviceWorker.oncontrollerchange=ready;ready()}))`,
  )
  await page.evaluate("fetch('/pass-fetch')")
  await page.goto(`${app}/pass-page`)
}

test('a real Chromium sends what the table of requests says, and each is taken for what it is [S4] [S7]', async () => {
  await using recorder = await startRecorder()
  await using profile = await openProfile()
  const { port } = recorder
  const page = await profile.newPage()
  await doEverything(page, `http://app.localhost:${port}`, `http://127.0.0.1:${port}`)
  const paths = Object.keys(chromiumRequests)
  // Some come when the browser finds the time.
  await Promise.all(paths.map((path) => recorder.asked(path)))
  for (const [path, [what, expected, kind]] of Object.entries(chromiumRequests)) {
    const facts = factsOf(recorder.seen.get(path) as IncomingMessage)
    assert.equal(classifyRequest(facts).kind, kind, what)
    // Accept lists grow from version to version; the rest is the standard's.
    const { accept: _, ...told } = facts
    const { accept: __, ...written } = expected
    assert.deepEqual(
      told,
      { purpose: undefined, xRequestedWith: undefined, upgrade: undefined, ...written },
      what,
    )
  }
})

function factsOf({ method = '', headers }: IncomingMessage) {
  const field = (name: string) => headers[name] as string | undefined
  return {
    method,
    secFetchMode: field('sec-fetch-mode'),
    secFetchDest: field('sec-fetch-dest'),
    secFetchSite: field('sec-fetch-site'),
    purpose: field('sec-purpose'),
    accept: field('accept'),
    xRequestedWith: field('x-requested-with'),
    upgrade: field('upgrade'),
  }
}
