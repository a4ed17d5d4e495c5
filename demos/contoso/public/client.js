// The whole of CORSWebClient. It calls CORSWebService where its configuration says, and shows what the browser lets it see.

const uploadBytes = 5_000_000
// crypto.getRandomValues() takes no more at a time.
const randomMaxBytes = 65_536
const downloadBytes = 10_000_000
const eventsWanted = 2
const logMax = 20
const liveTimeoutMs = 10_000

const { serviceUrl } = await (await fetch('config.json')).json()
const service = new URL(serviceUrl, location.href)

element('page-origin').textContent = location.origin
element('service-origin').textContent = service.href

const json = { 'Content-Type': 'application/json' }

const calls = {
  get: { method: 'GET', path: 'api/values', run: callApi },
  put: {
    method: 'PUT',
    path: 'api/values/1',
    headers: { ...json, 'X-Contoso-Trace': 'demo' },
    body: '{"value":"new"}',
    run: callApi,
  },
  post: {
    method: 'POST',
    path: 'api/values',
    headers: json,
    body: '{"value":"first"}',
    run: callApi,
  },
  remove: { method: 'DELETE', path: 'api/values/1', run: callApi },
  talk: { method: 'WebSocket', path: 'ws', run: talk },
  watch: { method: 'EventSource', path: 'events', run: watch },
  upload: { method: 'POST', path: 'upload', run: upload },
  download: { method: 'GET', path: `download?bytes=${downloadBytes}`, run: download },
}

for (const button of document.querySelectorAll('[data-call]')) {
  button.addEventListener('click', async () => {
    button.disabled = true
    await report(button.dataset.call)
    button.disabled = false
  })
}
// Scripts that press buttons wait for this.
document.documentElement.dataset.ready = 'yes'

/** Runs one call and writes its outcome, good or bad, on top of the list. */
async function report(name) {
  const call = { ...calls[name], url: new URL(calls[name].path, service) }
  const started = performance.now()
  const outcome = await call.run(call).catch(asFailure)
  show({ ...call, ...outcome, name, ms: Math.round(performance.now() - started) })
}

function asFailure(error) {
  return { good: false, badge: 'failed', hint: error.message }
}

async function callApi(call) {
  const response = await send(call)
  const body = await response.text()
  const answer = parse(body)
  if (answer?.person) greet(answer.person)
  return { ...readable(response), hint: answer?.message, details: pretty(answer, body) }
}

async function upload(call) {
  const bytes = new Uint8Array(uploadBytes)
  for (let at = 0; at < bytes.length; at += randomMaxBytes) {
    crypto.getRandomValues(bytes.subarray(at, at + randomMaxBytes))
  }
  const response = await send({ ...call, body: bytes })
  if (!response.ok) return refused(response)
  const answer = await response.json()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const good = answer.bytes === bytes.length && answer.sha256 === sha256
  const hint = good ? 'Every byte arrived.' : 'What arrived is not what was sent.'
  return { ...readable(response), good, hint, details: pretty(answer) }
}

async function download(call) {
  const response = await send(call)
  if (!response.ok) return refused(response)
  let received = 0
  for await (const chunk of response.body) received += chunk.length
  const hint = `${received.toLocaleString('en')} bytes came.`
  return { ...readable(response), good: received === downloadBytes, hint }
}

/** Browsers keep the reason of a failed call from the page that made it; only the console tells. */
async function send({ url, method, headers, body }) {
  try {
    return await fetch(url, { method, headers, body, credentials: 'include' })
  } catch (error) {
    throw new Error(`${error}. ${whyKept()}`, { cause: error })
  }
}

function whyKept() {
  return (
    'The browser did not let this page see the answer, and tells the reason only in its console (F12): usually that ' +
    'the answer, or the one to the OPTIONS request before it, does not name ' +
    `${location.origin} in Access-Control-Allow-Origin.`
  )
}

function readable(response) {
  return { good: response.ok, badge: response.status }
}

/** An answer that the page may read, and that says no. */
async function refused(response) {
  const body = await response.text()
  return { ...readable(response), details: pretty(parse(body), body) }
}

function talk({ url }) {
  url.protocol = url.protocol.replace('http', 'ws')
  const socket = new WebSocket(url)
  socket.addEventListener('open', () => socket.send('Hello from CORSWebClient'))
  return live(socket, 'The connection failed.', (event) => ({ hint: `The echo: ${event.data}` }))
}

function watch({ url }) {
  const seen = []
  const source = new EventSource(url, { withCredentials: true })
  return live(source, `The connection failed. ${whyKept()}`, (event) => {
    seen.push(event.data)
    if (seen.length < eventsWanted) return undefined
    return { hint: `${seen.length} events came.`, details: seen.join('\n') }
  })
}

/** A connection that stays open until `onMessage` has seen enough and gives an outcome; an error or silence ends it. */
function live(connection, failure, onMessage) {
  const { promise, resolve, reject } = Promise.withResolvers()
  connection.addEventListener('message', (event) => {
    const outcome = onMessage(event)
    if (outcome) resolve({ good: true, badge: 'open', ...outcome })
  })
  connection.addEventListener('error', () => reject(new Error(failure)))
  const timer = setTimeout(() => reject(new Error('Nothing came.')), liveTimeoutMs)
  return promise.finally(() => {
    clearTimeout(timer)
    connection.close()
  })
}

function show({ name, method, url, good, badge, hint, details, ms }) {
  const entry = element('entry').content.cloneNode(true)
  const part = (selector) => entry.querySelector(selector)
  part('.entry').classList.add(good ? 'good' : 'bad')
  part('.entry').dataset.outcomeOf = name
  part('.badge').textContent = badge
  part('.request').textContent = `${method} ${url}`
  part('.time').textContent = `${ms} ms`
  part('.hint').textContent = hint ?? ''
  part('pre').textContent = details ?? ''
  if (!hint) part('.hint').remove()
  if (!details) part('details').remove()
  const log = element('log')
  log.prepend(entry)
  while (log.children.length > logMax) log.lastElementChild.remove()
  element('empty').hidden = true
}

/** Shows who the service thinks is asking, when something in front of it says so. */
function greet(person) {
  const names = Object.values(person)
  element('person').hidden = names.length === 0
  element('person').textContent =
    names.length === 0 ? '' : `CORSWebService knows you as ${names[0]}`
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not everything that answers speaks JSON; the text is shown then.
  }
}

function pretty(answer, text) {
  return answer === undefined ? text : JSON.stringify(answer, null, 2)
}

function element(id) {
  return document.getElementById(id)
}
