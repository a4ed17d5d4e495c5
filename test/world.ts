import { readFile } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { GraphClient, type Json } from '../src/run/graph-client.ts'
import { openProfile } from './browser.ts'
import { type RunningDemo, startDemo } from './process.ts'

export interface WorldUser {
  readonly userPrincipalName: string
  readonly password: string
}

/** The real processes of `sallyport demo`, with the management API at hand to publish whatever a journey needs. */
export interface World extends AsyncDisposable {
  readonly demo: RunningDemo
  readonly graph: GraphClient
  readonly graphUrl: string
  readonly graphToken: string
  readonly ca: string
  readonly port: number
  /** External URLs of the sample's two segments. */
  readonly home: string
  readonly api: string
  readonly applicationId: string
  readonly alice: WorldUser
  readonly bob: WorldUser
  /** May do everything at the portal. */
  readonly administrator: WorldUser
  /** `https://<host>.contoso.localhost:<port>/` */
  external(host: string): string
  /** A fresh browser profile that trusts the edge's certificate authority. */
  profile(): Promise<BrowserContext>
}

/** Starts the demo on free ports; extra arguments go to `sallyport demo`. */
export async function startWorld(...args: readonly string[]): Promise<World> {
  const demo = await startDemo(...args)
  const { ready } = demo
  const ca = await readFile(String(ready['ca']), 'utf8')
  const graphUrl = String(ready['graph'])
  const graphToken = String(ready['graphToken'])
  const graph = new GraphClient(graphUrl, graphToken, ca)
  const port = Number(new URL(String(ready['edge'])).port)
  const [alice, bob] = ready['users'] as readonly WorldUser[]
  const [application] = ready['applications'] as readonly Json[]
  if (!alice || !bob || !application) throw new Error('the demo has two users and an application')
  const [home, api] = application['segments'] as readonly Json[]
  return {
    demo,
    graph,
    graphUrl,
    graphToken,
    ca,
    port,
    home: String(home?.['externalUrl']),
    api: String(api?.['externalUrl']),
    applicationId: String(application['id']),
    alice,
    bob,
    administrator: ready['administrator'] as WorldUser,
    external: (host) => `https://${host}.contoso.localhost:${port}/`,
    profile: () => openProfile(ca),
    async [Symbol.asyncDispose]() {
      await graph.close()
      await demo[Symbol.asyncDispose]()
    },
  }
}

/** Goes to a URL without a session, signs in as a person would, and resolves when the page is there. */
export async function signIn(page: Page, url: string, user: WorldUser): Promise<void> {
  await page.goto(url)
  await fillSignIn(page, user)
  const wanted = url.replace(/[?#].*$/, '')
  // The edge's own pages on the way stand on the same host.
  await page.waitForURL(({ href, pathname }) => {
    return href.startsWith(wanted) && !pathname.startsWith('/.sallyport/')
  })
}

/** Fills in the sign-in form that the page shows or is about to show, and sends it. */
export async function fillSignIn(page: Page, user: WorldUser): Promise<void> {
  await page.getByLabel('User name').fill(user.userPrincipalName)
  await page.getByLabel('Password').fill(user.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A page of a profile of its own that runs no script, in the browser of `profile`. */
export async function newPageWithoutScript(profile: BrowserContext): Promise<Page> {
  const page = await profile.browser()?.newPage({ javaScriptEnabled: false })
  if (!page) throw new Error('the profile has no browser')
  return page
}

/** Publishes an application as an administrator does, open to everybody who can sign in. Resolves to its object id. */
export async function publish(
  graph: GraphClient,
  displayName: string,
  publishing: Json,
): Promise<string> {
  const template = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
  const path = `/applicationTemplates/${template}/instantiate`
  const made = await graph.call('POST', path, { displayName })
  const application = made?.['application'] as Json
  const principal = made?.['servicePrincipal'] as Json
  const id = String(application['id'])
  await graph.call('PATCH', `/servicePrincipals/${principal['id']}`, {
    appRoleAssignmentRequired: false,
  })
  await graph.call('PATCH', `/applications/${id}`, { onPremisesPublishing: publishing })
  return id
}

/** Takes away every assignment of the person's own, as an administrator does. */
export async function removeAssignments(graph: GraphClient, user: WorldUser): Promise<void> {
  const assigned = await graph.call('GET', `/users/${user.userPrincipalName}/appRoleAssignments`)
  for (const { id, resourceId } of (assigned?.['value'] ?? []) as readonly Json[]) {
    await graph.call('DELETE', `/servicePrincipals/${resourceId}/appRoleAssignedTo/${id}`)
  }
}
