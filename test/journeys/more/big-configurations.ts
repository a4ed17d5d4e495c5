import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Agent, fetch } from 'undici'
import { temporaryFolder } from '../../folder.ts'
import { signInByForms } from '../../form-sign-in.ts'
import { HttpClient } from '../../http-client.ts'
import { type RunningEdge, sallyport, startEdge } from '../../pieces.ts'

// Enough that applying it takes half a second anywhere; what is asked for meanwhile takes milliseconds.
const groups = 2_000
// Asked one after the other while the document is applied. Of a blocked event loop it would be one.
const answersMin = 10
// How many come before the change of somebody else.
const answersBefore = 2
const triesMax = 5

const administrator = {
  userPrincipalName: 'alice@contoso.localhost',
  password: 'correct horse battery staple',
}

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let bearer: string
let dispatcher: Agent
before(async () => {
  const folder = join(cleanUp.use(await temporaryFolder()).path, 'edge')
  edge = cleanUp.use(await startEdge(folder))
  await using token = sallyport('token', '--data', folder)
  bearer = `Bearer ${await token.line(() => true)}`
  dispatcher = new Agent({ connect: { ca: edge.ca } })
  cleanUp.defer(() => dispatcher.close())
})
after(() => cleanUp.disposeAsync())

function groupsCalled(name: string) {
  return Array.from({ length: groups }, (_, at) => ({ displayName: `${name} ${at}` }))
}

function post(path: string, body: object, signal?: AbortSignal) {
  const headers = { authorization: bearer, 'content-type': 'application/json' }
  const url = `${edge.facts['graph']}${path}`
  const init = { method: 'POST', headers, body: JSON.stringify(body), dispatcher }
  return fetch(url, signal ? { ...init, signal } : init)
}

async function countGroups(): Promise<number> {
  const page = await edge.graph.call('GET', '/groups?$top=1&$count=true')
  return Number(page?.['@odata.count'])
}

test('while a large document is applied, everybody else is answered and small changes are made [G4] [G6]', async () => {
  // This process may stand still while the document is applied, but hardly every time.
  for (let left = triesMax, answers = 0; answers < answersMin; left--) {
    assert.ok(left > 0, `${answers} answers`)
    const before = await countGroups()
    answers = await answersWhileApplied(`Large ${left}`)
    const small = answers > answersBefore ? 1 : 0
    assert.equal(await countGroups(), before + groups + small)
  }
})

/** Applies groups called so, with a small change of somebody else; resolves to how many requests were answered meanwhile. */
async function answersWhileApplied(name: string): Promise<number> {
  let isOver = false
  const document = { version: 1, groups: groupsCalled(name) }
  const applied = post('/configuration/apply', { document }).finally(() => {
    isOver = true
  })
  await using browser = new HttpClient({ ca: edge.ca })
  let answers = 0
  while (!isOver) {
    const page = await browser.request(edge.external('login'))
    assert.ok(page.status < 500)
    // A change of somebody else: the document is applied to what is there then.
    if (answers === answersBefore) await edge.graph.call('POST', '/groups', group(`Small ${name}`))
    answers++
  }
  const answer = await applied
  assert.equal(answer.status, 200, await answer.text())
  return answers
}

// Enough that most of the work would be to compare each with all others.
const applications = 1_000

test('a thousand applications are applied as one, and what two of them want is told by name [G4] [G6] [P6]', async () => {
  const wildcard = (at: number) => ({
    displayName: `Large ${at}`,
    onPremisesPublishing: {
      ...{
        externalUrl: `https://*.large${at}.contoso.localhost:${edge.port}/`,
        internalUrl: 'http://*.test.com/',
      },
      onPremisesApplicationSegments: [
        segment(`https://api.large${at}.contoso.localhost:${edge.port}/`, `http://api${at}/`),
      ],
    },
  })
  const all = Array.from({ length: applications }, (_, at) => wildcard(at))
  const twice = { ...wildcard(7), displayName: 'The seventh again' }
  const refused = await post('/configuration/apply', {
    document: { version: 1, applications: [...all, twice] },
  })
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /is already published by \\"Large 7\\"/)
  const answer = await post('/configuration/apply', {
    document: { version: 1, applications: all },
  })
  assert.equal(answer.status, 200, (await answer.text()).slice(0, 300))
  const page = await edge.graph.call('GET', '/applications?$top=1&$count=true')
  assert.equal(page?.['@odata.count'], applications)
})

function segment(externalUrl: string, internalUrl: string) {
  return { externalUrl, internalUrl, corsConfigurations: [] }
}

function group(displayName: string) {
  return { displayName, mailEnabled: false, mailNickname: displayName, securityEnabled: true }
}

test('a large document that nobody waits for any more is not applied, and the next one is [G4]', async () => {
  let applied = await appliedThoughAbandoned('Abandoned')
  // On a machine that stood still it was done before anybody had left.
  for (let left = triesMax; applied !== 0 && left > 0; left--) {
    assert.equal(applied, groups)
    applied = await appliedThoughAbandoned(`Abandoned ${left}`)
  }
  assert.equal(applied, 0)
})

/** Has groups called so applied, leaves, and has another document applied; resolves to how many of the first are there. */
async function appliedThoughAbandoned(name: string): Promise<number> {
  const before = await countGroups()
  const leaving = new AbortController()
  const document = { version: 1, groups: groupsCalled(name) }
  const abandoned = post('/configuration/apply', { document }, leaving.signal)
  const ended = Promise.allSettled([abandoned])
  // It is at work by the time that another one has been let in and answered.
  await edge.graph.call('GET', '/groups?$top=1')
  leaving.abort()
  await ended
  const small = { version: 1, groups: [{ displayName: `After ${name}` }] }
  const next = await post('/configuration/apply', { document: small })
  assert.equal(next.status, 200, await next.text())
  return (await countGroups()) - before - 1
}

test('a document larger than other bodies goes through the portal as well, for those who administer [G5]', async () => {
  const { userPrincipalName, password } = administrator
  const person = await edge.graph.call('POST', '/users', {
    ...{ displayName: 'Alice', accountEnabled: true, mailNickname: 'alice', userPrincipalName },
    passwordProfile: { password, forceChangePasswordNextSignIn: false },
  })
  await using client = new HttpClient({ ca: edge.ca })
  const portal = edge.external('portal')
  await signInByForms(client, portal, administrator)
  const headers = {
    ...{ 'sec-fetch-site': 'same-origin', 'x-sallyport-portal': '1' },
    'content-type': 'application/json',
  }
  const description = 'x'.repeat(1_000)
  const some = Array.from({ length: 1_500 }, (_, at) => ({
    displayName: `Long ${at}`,
    description,
  }))
  const body = JSON.stringify({ document: { version: 1, groups: some } })
  const compare = () =>
    client.request(`${portal}api/beta/configuration/diff`, { method: 'POST', headers, body })
  assert.equal((await compare()).status, 413)
  const roles = await edge.graph.call(
    'GET',
    "/directoryRoles?$filter=displayName eq 'Global Administrator'",
  )
  const [role] = (roles?.['value'] ?? []) as readonly { readonly id: string }[]
  const member = { '@odata.id': `https://graph/v1.0/directoryObjects/${person?.['id']}` }
  await edge.graph.call('POST', `/directoryRoles/${role?.id}/members/$ref`, member)
  const compared = await compare()
  assert.equal(compared.status, 200, compared.text.slice(0, 300))
  assert.equal(JSON.parse(compared.text).changes.length, some.length)
})
