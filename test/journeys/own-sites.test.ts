import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Json } from '../../src/run/graph-client.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { startWorld, type World } from '../world.ts'

// What the edge answers itself to people who signed in: the portal with its API, My Apps.

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

async function makeAdministrator(role: string): Promise<{ id: string; roleId: string }> {
  const person = await world.graph.call('GET', `/users/${world.alice.userPrincipalName}`)
  const roles = await world.graph.call('GET', `/directoryRoles?$filter=displayName eq '${role}'`)
  const [found] = (roles?.['value'] ?? []) as readonly Json[]
  const id = String(person?.['id'])
  const roleId = String(found?.['id'])
  const body = { '@odata.id': `https://graph/v1.0/directoryObjects/${id}` }
  await world.graph.call('POST', `/directoryRoles/${roleId}/members/$ref`, body)
  return { id, roleId }
}

const own = { 'sec-fetch-site': 'same-origin', 'x-sallyport-portal': '1' }
const json = { ...own, 'content-type': 'application/json' }

test('the portal is signed in to like any application, and its API acts for the person of the session [G3] [G5]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const portal = world.external('portal')
  const signedOut = await client.request(`${portal}api/beta/me`)
  assert.equal(signedOut.status, 401)
  assert.match(signedOut.text, /"signInUrl"/)
  const page = await signInByForms(client, portal, world.alice)
  assert.equal(page.status, 403)
  assert.match(page.text, /You have no role here/)

  const { id, roleId } = await makeAdministrator('Application Administrator')
  assert.notEqual((await client.navigate(portal)).status, 403)
  const me = await client.request(`${portal}api/beta/me`)
  assert.equal(me.status, 200)
  const { permissions, ...person } = JSON.parse(me.text)
  assert.equal(person.id, id)
  assert.ok(permissions.includes('Application.ReadWrite.All'))

  // No token, no field of the portal, another origin: nothing changes.
  const body = JSON.stringify({ displayName: 'From the portal' })
  const change = (headers: Record<string, string>) =>
    client.request(`${portal}api/beta/applications`, { method: 'POST', headers, body })
  const type = { 'content-type': 'application/json' }
  for (const headers of [
    type,
    { ...type, 'sec-fetch-site': 'same-origin' },
    { ...json, 'sec-fetch-site': 'same-site' },
    { ...json, origin: world.home.slice(0, -1) },
  ]) {
    assert.equal((await change(headers)).status, 403, JSON.stringify(headers))
  }
  const made = await change(json)
  assert.equal(made.status, 201, made.text)
  const audits = await world.graph.call('GET', '/auditLogs/directoryAudits?$top=1')
  assert.match(JSON.stringify(audits), new RegExp(world.alice.userPrincipalName))

  const listed = await client.request(`${portal}api/beta/applications?$top=1`)
  const next = JSON.parse(listed.text)['@odata.nextLink']
  assert.ok(String(next).startsWith(`${portal}api/beta/applications?`), next)
  assert.equal((await client.request(next)).status, 200)
  assert.ok(!listed.text.includes('Sallyport Portal'))

  // A role that is taken away counts at once.
  await world.graph.call('DELETE', `/directoryRoles/${roleId}/members/${id}/$ref`)
  assert.equal((await client.request(`${portal}api/beta/applications`)).status, 403)
  assert.equal((await client.navigate(portal)).status, 403)
})

test('no application is published on a host of the edge itself [P6] [G5]', async () => {
  const made = await world.graph.call('POST', '/applications', { displayName: 'Usurper' })
  for (const host of ['portal', 'myapps', 'login', 'graph']) {
    const publishing = { externalUrl: world.external(host), internalUrl: 'http://a.test/' }
    await assert.rejects(
      world.graph.call('PATCH', `/applications/${made?.['id']}`, {
        onPremisesPublishing: publishing,
      }),
      /is a host of Sallyport itself/,
    )
  }
})
