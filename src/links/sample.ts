import { compileRoutes, type Found, type RouteTable, resolve } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import type { Plan } from './plan.ts'
import { TextTranslation } from './text.ts'

/** For tests: two applications on one internal host, a third with an alternate URL, one at a root, and a wildcard. */
export const sampleRoutes: RouteTable = compileRoutes([
  sampleApplication('client', {
    externalUrl: 'https://apps.contoso.net/client/',
    internalUrl: 'http://iis/CORSWebClient/',
  }),
  sampleApplication('service', {
    externalUrl: 'https://service.contoso.net/',
    internalUrl: 'http://iis/CORSWebService/',
  }),
  sampleApplication('shop', {
    externalUrl: 'https://shop.contoso.net/',
    internalUrl: 'http://shop:8080/',
    alternateUrl: 'https://www.contoso.org/',
    useAlternateUrl: true,
  }),
  sampleApplication('wild', {
    externalUrl: 'https://*.wild.net/',
    internalUrl: 'http://*.inside.wild/root/',
  }),
  sampleApplication('odd', {
    externalUrl: "https://odd.contoso.net/a&amp(b)'c/",
    internalUrl: 'http://odd/',
  }),
])

/** For tests: where an answer comes from. */
export function sampleFound(url: string): Found {
  const { hostname, pathname } = new URL(url)
  const found = resolve(sampleRoutes, 'https', hostname, 443, pathname)
  if (!found.found) throw new Error(`${url} is not published`)
  return found
}

const client = sampleFound('https://apps.contoso.net/client/')

/** For tests: a body of the sample's `client`, unless `from` says otherwise, in pieces that end at `ends`. */
export function translateBytes(
  bytes: Buffer,
  plan: Partial<Plan> = {},
  ends: readonly number[] = [],
  from: Found = client,
): Buffer {
  const whole: Plan = { language: 'html', charset: undefined, coding: 'identity', ...plan }
  const translation = new TextTranslation(sampleRoutes, from, whole)
  const pieces: Buffer[] = []
  let start = 0
  for (const end of [...ends, bytes.length]) {
    pieces.push(translation.translate(bytes.subarray(start, end)))
    start = end
  }
  return Buffer.concat([...pieces, translation.end()])
}

/** For tests: the same of a text in UTF-8. */
export function translateText(
  text: string,
  plan: Partial<Plan> = {},
  from: Found = client,
): string {
  return translateBytes(Buffer.from(text), plan, [], from).toString()
}
