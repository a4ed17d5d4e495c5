import type { RequestRecord } from '../base/request-record.ts'
import { readConsole } from '../doctor/console-message.ts'
import { crossOriginCalls } from '../doctor/network-log.ts'
import type { DoctorParts, PageCall } from '../doctor/page-call.ts'
import type { ReportedCall } from '../doctor/reported-call.ts'
import type { Visitor } from '../doctor/request.ts'
import type { Call } from './call.ts'
import { mayUse, openersOf } from './permissions.ts'
import { invalid, lacking } from './refusal.ts'
import { issueAt } from './shape/body.ts'
import type { ExamineQuestion } from './shape/examination.ts'
import { httpUrl, visitorOf } from './shape/imagined-request.ts'

/** A call to be examined, and what was told about it. */
export interface ToldCall {
  readonly call: PageCall
  readonly told: Pick<ReportedCall, 'said' | 'count' | 'notes'>
}

/** The calls that a question is about. Throws a Refusal when nothing of it is a call. */
export async function callsOf(
  call: Call,
  question: ExamineQuestion,
  parts: DoctorParts,
): Promise<readonly [ToldCall, ...ToldCall[]]> {
  const person = await findPerson(call, question, '')
  const asked = visitorAsked(question, person, parts.now)
  const [first, ...others] = await reportedCalls(call, question)
  if (!first) throw invalid([nothingIn(question)])
  const from = (each: Reported) => toPageCall(question, each, asked)
  return [from(first), ...others.map(from)]
}

/** The person whom a question names; undefined: it names none. Throws a Refusal for somebody nobody knows. */
export async function findPerson(
  call: Call,
  named: { readonly userId: string | undefined; readonly userPrincipalName: string | undefined },
  at: string,
) {
  const { people } = call.directory
  const { userId, userPrincipalName } = named
  if (userId === undefined && userPrincipalName === undefined) return undefined
  const person =
    userId === undefined
      ? await people.byUserPrincipalName(userPrincipalName ?? '')
      : await people.byId(userId)
  if (person) return person
  const [name, value] =
    userId === undefined ? ['userPrincipalName', userPrincipalName] : ['userId', userId]
  throw invalid([issueAt(`${at}${name}`, 'unknown-person', `there is no person ${value}`)])
}

type Reported = ReportedCall & {
  readonly visitor?: Visitor
  readonly ipAddress?: string
}

const anybody: Visitor = { kind: 'anybody' }

/** Who the caller says it is; undefined: they say nothing. */
function visitorAsked(
  question: ExamineQuestion,
  person: Parameters<typeof visitorOf>[1],
  now: number,
): Visitor | undefined {
  const { isSignedIn, isSessionExpired } = question
  if (person || isSignedIn === false || isSessionExpired) return visitorOf(question, person, now)
  return isSignedIn === true ? anybody : undefined
}

function toPageCall(
  { said }: ExamineQuestion,
  reported: Reported,
  asked: Visitor | undefined,
): ToldCall {
  const pageUrl = said.pageUrl ?? reported.pageUrl
  if (pageUrl === undefined) {
    const message = 'must be said, because the message does not tell which page calls'
    throw invalid([issueAt('pageUrl', 'missing-page', message)])
  }
  const { method, headers, credentials, count, notes, said: heard } = reported
  const { url: targetUrl, mode } = httpUrl(reported.targetUrl, said.mode ?? reported.mode)
  return {
    call: {
      ...{ pageUrl, targetUrl, method, headers, credentials },
      backend: reported.backend,
      ipAddress: reported.ipAddress,
      ...said,
      mode: mode ?? 'cors',
      visitor: asked ?? reported.visitor ?? anybody,
    },
    told: { said: heard, count, notes: said.method === undefined ? notes : [] },
  }
}

async function reportedCalls(
  call: Call,
  { source }: ExamineQuestion,
): Promise<readonly Reported[]> {
  if (source.kind === 'console') return readConsole(source.text)
  if (source.kind === 'har') return crossOriginCalls(source.requests)
  if (source.kind === 'urls') return [{ ...plain, targetUrl: source.targetUrl }]
  if (!mayUse(call.caller.roles, 'log', 'read')) throw lacking(openersOf('log', 'read'))
  const record = await call.requests.find(source.id)
  return record ? [fromRecord(record)] : []
}

const plain = {
  pageUrl: undefined,
  method: 'GET',
  headers: [],
  credentials: 'include',
  mode: 'cors',
  backend: undefined,
  said: undefined,
  count: 1,
  notes: [],
} as const

/** What the edge remembers of a request. */
function fromRecord(record: RequestRecord): Reported {
  const { kind, method, origin, ipAddress } = record
  const own = new URL(record.url).origin
  const isPreflight = kind === 'preflight'
  const asked = isPreflight ? { method: 'POST', headers: json, notes: [unknownMethod] } : {}
  return {
    ...plain,
    method,
    ...asked,
    pageUrl: origin === undefined || origin === 'null' ? (origin ?? `${own}/`) : `${origin}/`,
    targetUrl: record.url.replace(/\?…$/, ''),
    mode: kind === 'webSocket' ? 'webSocket' : 'cors',
    ipAddress,
    visitor: visitorOfRecord(record),
  }
}

const json = ['Content-Type', 'application/json']
const unknownMethod =
  'The edge does not remember what a preflight asked for; it is taken to be POST with JSON. Name method and headers to be sure.'

function visitorOfRecord(record: RequestRecord): Visitor {
  const { userId, userPrincipalName = '', code, startedDateTime } = record
  if (userId !== undefined) {
    const authenticatedAt = Date.parse(startedDateTime)
    return { kind: 'person', id: userId, userPrincipalName, multiFactor: true, authenticatedAt }
  }
  return code === 'signed-out' ? { kind: 'nobody' } : anybody
}

const nothing = {
  urls: ['targetUrl', 'is no call'],
  console: [
    'consoleMessage',
    'must be what Chromium, Firefox or Safari says of a blocked call, such as “Access to fetch at … has been blocked by CORS policy: …”',
  ],
  har: ['har', 'has no call to another origin'],
  request: ['requestId', 'is of no request that the edge remembers'],
} as const

function nothingIn({ source }: ExamineQuestion) {
  const [path, message] = nothing[source.kind]
  return issueAt(path, 'no-call', message)
}
