import type { BrowserContext, Page } from 'playwright-core'
import type { CallInit } from './browser.ts'

/** What a script learns from an answer: the code is the one in the edge's JSON, the fields are those it can read. */
export interface ReadAnswer {
  readonly status: number
  readonly code: string | undefined
  readonly fields: readonly string[]
}

/** `fetch(url, init)` by a script of `page`. Rejects as fetch does when the script may not read the answer. */
export function callFrom(page: Page, url: string, init: CallInit = {}): Promise<ReadAnswer> {
  return page.evaluate(readAnswer, { url, init })
}

async function readAnswer({ url, init }: { url: string; init: CallInit }): Promise<ReadAnswer> {
  const answer = await fetch(url, init)
  const body = (await answer.json().catch(() => ({}))) as { error?: { code: string } }
  return { status: answer.status, code: body.error?.code, fields: [...answer.headers.keys()] }
}

/** The Cookie field with everything the profile holds for `url`, for a client that is to be the same person. */
export async function cookieField(profile: BrowserContext, url: string): Promise<string> {
  const cookies = await profile.cookies(url)
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}
