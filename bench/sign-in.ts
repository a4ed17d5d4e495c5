import assert from 'node:assert/strict'
import { parseForms } from '../test/html-form.ts'
import { HttpClient, type TestResponse } from '../test/http-client.ts'

/** The one person of the benchmark; the same at every provider. */
export const person = {
  userPrincipalName: 'ada@contoso.com',
  displayName: 'Ada',
  password: 'a long one, typed once',
} as const

/** Signs in at `url` through the provider it leads to; resolves to the Cookie field the browser then sends there. */
export async function signIn(url: string, ca: string): Promise<string> {
  await using browser = new HttpClient({ ca })
  const page = await pastScripts(browser, await browser.navigate(url))
  const [form] = parseForms(page.text, page.url)
  assert.ok(form?.fields.has('password'), `no sign-in form at ${page.url}`)
  const { userPrincipalName: username, password } = person
  const sent = await browser.submit(page, { username, password })
  const landed = await pastScripts(browser, sent)
  assert.equal(landed.url.href, url, `the sign-in ended at ${landed.url}: ${landed.text}`)
  assert.equal(landed.status, 200, landed.text)
  return browser.cookies.header(new URL(url)) ?? ''
}

/** Pages on the way go on by script, or by a refresh in <noscript> for browsers such as this one. */
async function pastScripts(browser: HttpClient, from: TestResponse): Promise<TestResponse> {
  let page = from
  for (;;) {
    const onward = /<noscript><meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(page.text)
    if (!onward?.[1]) return page
    page = await browser.navigate(new URL(onward[1].replaceAll('&amp;', '&'), page.url))
  }
}
