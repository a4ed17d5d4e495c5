import { parseForms } from './html-form.ts'
import type { HttpClient, TestResponse } from './http-client.ts'
import type { WorldUser } from './world.ts'

// The edge's page, the provider's form, the landing, a hand-over to each of a few hosts.
const stepsMax = 12

/** Goes where somebody who is not signed in is sent; resolves to the page that asks for a password. */
export async function openSignInForm(client: HttpClient, url: string): Promise<TestResponse> {
  let page = await client.navigate(url)
  for (let step = 0; step < stepsMax && parseForms(page.text, page.url).length === 0; step++) {
    page = await followLink(client, page)
  }
  return page
}

/** Signs in as a browser without script does: forms and links only. Resolves to the page that was wanted. */
export async function signInByForms(
  client: HttpClient,
  url: string,
  user: WorldUser,
): Promise<TestResponse> {
  let page = await client.navigate(url)
  for (let step = 0; step < stepsMax; step++) {
    if (page.url.href === new URL(url).href && page.status !== 401) return page
    page = await takeStep(client, page, user)
  }
  throw new Error(`not signed in after ${stepsMax} steps: ${page.url} ${page.status} ${page.text}`)
}

function takeStep(client: HttpClient, page: TestResponse, user: WorldUser): Promise<TestResponse> {
  const [form] = parseForms(page.text, page.url)
  if (form) {
    return client.submit(page, { username: user.userPrincipalName, password: user.password })
  }
  return followLink(client, page)
}

function followLink(client: HttpClient, page: TestResponse): Promise<TestResponse> {
  // Where people choose, these are local ones.
  const link =
    /<a class="[^"]*" href="([^"]+provider=embedded)"/.exec(page.text)?.[1] ??
    /<main>[\s\S]*?<a href="([^"]+)"/.exec(page.text)?.[1]
  if (!link) throw new Error(`nowhere to go from ${page.url} ${page.status} ${page.text}`)
  return client.navigate(new URL(link.replaceAll('&amp;', '&'), page.url))
}
