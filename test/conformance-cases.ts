/** One thing a page does, written as data, so that the same can be done in two worlds. */
export interface PageCase {
  readonly name: string
  /** Which of the sites' origins the page stands on. */
  readonly from: string
  readonly url: string
  readonly init?: Readonly<Record<string, unknown>>
}

/** Origins by name: `page`, `api` on one site, `other` on another; each also on a second port. */
export type Origins = Readonly<Record<string, string>>

function to(
  base: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value].flat()) query.append(name, each)
  }
  return `${base}/do?${query}`
}

const allowOrigin = 'Access-Control-Allow-Origin'
const allowCredentials = 'Access-Control-Allow-Credentials:true'
const allowMethods = 'Access-Control-Allow-Methods'
const allowHeaders = 'Access-Control-Allow-Headers'
const expose = 'Access-Control-Expose-Headers'

/** What an answer says about CORS: none, right, and wrong in many ways. */
function corsAnswers(origin: string): Readonly<Record<string, readonly string[]>> {
  return {
    none: [],
    star: [`${allowOrigin}:*`],
    exact: [`${allowOrigin}:${origin}`],
    'exact with credentials': [`${allowOrigin}:${origin}`, allowCredentials],
    'star with credentials': [`${allowOrigin}:*`, allowCredentials],
    'capital true': [`${allowOrigin}:${origin}`, 'Access-Control-Allow-Credentials:True'],
    'a slash too many': [`${allowOrigin}:${origin}/`],
    'two fields': [`${allowOrigin}:${origin}`, `${allowOrigin}:${origin}`],
    list: [`${allowOrigin}:${origin}, ${origin}`],
    null: [`${allowOrigin}:null`],
    empty: [`${allowOrigin}:`],
    'other case': [`${allowOrigin}:${origin.toUpperCase()}`],
  }
}

/** Calls across origins: every answer, with and without credentials, simple and preflighted. */
export function corsCases(origins: Origins): PageCase[] {
  const cases: PageCase[] = []
  const add = (name: string, from: string, url: string, init?: PageCase['init']) =>
    cases.push(init ? { name, from, url, init } : { name, from, url })
  for (const target of ['page', 'page2', 'api', 'other', 'other2']) {
    for (const [says, h] of Object.entries(corsAnswers(origins['page'] as string))) {
      const where = `${target}, which says ${says}`
      const url = to(origins[target] as string, { h: [...h, 'X-Shown:1'] })
      add(`GET ${where}`, 'page', url)
      add(`GET with credentials ${where}`, 'page', url, { credentials: 'include' })
      const preflighted = to(origins[target] as string, {
        preflight: '',
        ph: [...h, `${allowMethods}:PUT`, `${allowHeaders}:x-a`],
        h: [...h, `${expose}:X-Shown, X-Request-Method`, 'X-Shown:1'],
      })
      add(`PUT ${where}`, 'page', preflighted, {
        method: 'PUT',
        headers: { 'X-A': '1' },
        body: 'a',
      })
    }
  }
  return cases
}

/** Methods, fields, bodies, statuses and redirects. */
export function fetchCases(origins: Origins): PageCase[] {
  const { page = '', api = '', other = '' } = origins
  const sites = { page, api, other }
  return [...methodCases, ...fieldCases, ...statusCases, ...redirectCases, ...modeCases].flatMap(
    (each) => each(sites),
  )
}

interface Sites {
  readonly page: string
  readonly api: string
  readonly other: string
}

type Cases = (sites: Sites) => PageCase[]

/** An answer that the page may read. */
function open({ page }: Sites) {
  return { h: [`${allowOrigin}:${page}`, `${expose}:*`, 'X-Shown:a', 'X-Shown:b'] }
}

/** The same behind a preflight that says this. */
function asked(sites: Sites, extra: readonly string[], pstatus = '204') {
  const ph = [`${allowOrigin}:${sites.page}`, ...extra]
  return { ...open(sites), preflight: '', pstatus, ph }
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'put']

const methodCases = methods.map(
  (method): Cases =>
    (sites) => {
      const body = method === 'GET' || method === 'HEAD' ? {} : { body: 'some text ü' }
      const init = { method, ...body }
      const cases = [[], [`${allowMethods}:${method}`], [`${allowMethods}:*`]].map((allowed) => {
        const name = `${method} where ${allowed[0] ?? 'nothing'} is allowed`
        return { name, from: 'page', url: to(sites.api, asked(sites, allowed)), init }
      })
      return [...cases, { name: `${method} at home`, from: 'page', url: to(sites.page), init }]
    },
)

const fields = [
  { 'X-A': '1', 'x-b': ' two ' },
  { 'Content-Type': 'application/json' },
  { 'Content-Type': 'text/plain;charset=utf-8' },
  { Range: 'bytes=0-5' },
  { Accept: 'text/html', 'Accept-Language': 'de' },
  { Authorization: 'Bearer x' },
]

const fieldCases = fields.map(
  (headers): Cases =>
    (sites) => {
      const init = { headers }
      const named = `${allowHeaders}:${Object.keys(headers)}`
      const cases = [[], [named], [`${allowHeaders}:*`]].map((allowed) => {
        const name = `${JSON.stringify(headers)} where ${allowed[0] ?? 'nothing'} is allowed`
        return { name, from: 'page', url: to(sites.api, asked(sites, allowed)), init }
      })
      const home = { name: `${JSON.stringify(headers)} at home`, from: 'page', url: to(sites.page) }
      return [...cases, { ...home, init }]
    },
)

const statuses = [
  ...['200', '201', '203', '204', '205', '206', '304', '400', '401', '403', '404', '410', '418'],
  ...['422', '429', '451', '500', '502', '503', '504', '599'],
]

const statusCases = statuses.map(
  (status): Cases =>
    (sites) => {
      const answered = to(sites.api, { ...open(sites), status })
      const preflighted = to(sites.api, asked(sites, [`${allowMethods}:PUT`], status))
      const init = { method: 'PUT' }
      return [
        { name: `an answer ${status}`, from: 'page', url: answered },
        { name: `a preflight answered ${status}`, from: 'page', url: preflighted, init },
      ]
    },
)

const redirectCases = ['301', '302', '303', '307', '308'].map(
  (status): Cases =>
    (sites) =>
      Object.entries(sites).flatMap(([goal, base]) => {
        const location = to(base, { h: [`${allowOrigin}:*`] })
        const h = [...open(sites).h, `Location:${location}`]
        const url = to(sites.api, { status, h })
        return ['follow', 'error', 'manual'].flatMap((redirect) => {
          const name = `${status} to ${goal}, ${redirect}`
          return [
            { name, from: 'page', url, init: { redirect } },
            {
              name: `POST ${name}`,
              from: 'page',
              url,
              init: { redirect, method: 'POST', body: 'x' },
            },
          ]
        })
      }),
)

const modeCases = ['cors', 'no-cors', 'same-origin'].map(
  (mode): Cases =>
    (sites) =>
      ['omit', 'same-origin', 'include'].flatMap((credentials) => {
        const init = { mode, credentials }
        return [
          { name: `${mode}, ${credentials}`, from: 'page', url: to(sites.api, open(sites)), init },
          { name: `${mode}, ${credentials}, at home`, from: 'page', url: to(sites.page), init },
        ]
      }),
)

/** Cookies with all the attributes; each is set, then looked at from everywhere. */
export const cookieLines = [
  'a=1',
  'a=1; Path=/',
  'a=1; Path=/do',
  'a=1; Path=/elsewhere',
  'a=1; HttpOnly',
  'a=1; Secure',
  'a=1; SameSite=Strict',
  'a=1; SameSite=Lax',
  'a=1; SameSite=None',
  'a=1; SameSite=None; Secure',
  'a=1; Domain={page}',
  'a=1; Domain=.{site}',
  'a=1; Domain={site}',
  'a=1; Domain={other}',
  'a=1; Domain=test',
  'a=1; Max-Age=0',
  'a=1; Max-Age=1000',
  'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  'a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
  '__Host-a=1; Secure; Path=/',
  '__Host-a=1; Secure; Path=/; Domain={page}',
  '__Host-a=1; Path=/',
  '__Secure-a=1; Secure',
  '__Secure-a=1',
  'a="quoted value"',
  'a=with spaces; Path=/',
  'a=b=c',
  '=nameless',
  'nameless',
  'a=',
  'a=1; Secure; SameSite=None; Partitioned; Path=/',
  'ä=ö',
]
