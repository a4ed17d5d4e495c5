import { z } from 'zod'
import { failed, type Parsed } from '../../base/check.ts'
import type { CurableFinding, Examination } from '../../doctor/examine.ts'
import { findingTexts } from '../../doctor/findings.ts'
import type { LoggedRequest } from '../../doctor/network-log.ts'
import type { DoctorParts, PageCall } from '../../doctor/page-call.ts'
import type { ReportedCall } from '../../doctor/reported-call.ts'
import { guid, issueAt, parseBody } from './body.ts'
import { toGraphOption } from './doctor-option.ts'
import { harMaxLength, readHar } from './har.ts'
import {
  credentialsMode,
  headerList,
  ipAddress,
  methodName,
  toGraphHeaders,
  toRawHeaders,
} from './imagined-request.ts'

const statusCode = z.int().min(100).max(599)
const answer = z.strictObject({ status: statusCode, headers: headerList.nullish() })

// A page in a sandbox, of a file, or of data has an origin that is `null`, and so may be called just that.
const pageAddress = z
  .string()
  .max(8_192)
  .refine((text) => text === 'null' || URL.canParse(text), {
    message: 'must be an absolute URL, or null for a page without an origin of its own',
  })

// The console of a busy page, pasted whole.
const consoleMaxLength = 200_000

/** What `doctor/examine` takes: two addresses, or one of `consoleMessage`, `har` and `requestId`, and what they do not tell. */
export const examineBody = z.strictObject({
  pageUrl: pageAddress.nullish(),
  targetUrl: z.string().max(8_192).nullish(),
  consoleMessage: z.string().max(consoleMaxLength).nullish(),
  har: z.union([z.string().max(harMaxLength), z.looseObject({})]).nullish(),
  requestId: z.string().max(100).nullish(),
  method: methodName.nullish(),
  headers: headerList.nullish(),
  contentType: z.string().max(300).nullish(),
  credentials: credentialsMode.nullish(),
  mode: z.enum(['cors', 'no-cors', 'webSocket']).nullish(),
  userId: guid.nullish(),
  userPrincipalName: z.string().max(300).nullish(),
  isMultiFactor: z.boolean().nullish(),
  isSignedIn: z.boolean().nullish(),
  isSessionExpired: z.boolean().nullish(),
  ipAddress: ipAddress.nullish(),
  backendAnswer: answer.extend({ preflight: answer.nullish() }).nullish(),
})

type ExamineBody = z.infer<typeof examineBody>

/** Where the calls to be examined are told of. */
export type ExamineSource =
  | { readonly kind: 'urls'; readonly targetUrl: string }
  | { readonly kind: 'console'; readonly text: string }
  | { readonly kind: 'har'; readonly requests: readonly LoggedRequest[] }
  | { readonly kind: 'request'; readonly id: string }

/** Calls to be examined, and whom they name. */
export interface ExamineQuestion {
  readonly source: ExamineSource
  /** What the caller says about the calls, which counts more than what the source tells. */
  readonly said: Partial<Omit<PageCall, 'visitor' | 'targetUrl'>>
  readonly userId: string | undefined
  readonly userPrincipalName: string | undefined
  readonly isMultiFactor: boolean
  readonly isSignedIn: boolean | undefined
  readonly isSessionExpired: boolean
}

/** The question in a body, or every issue. [D2] */
export function readExamineQuestion(sent: unknown): Parsed<ExamineQuestion> {
  const read = parseBody(examineBody, sent)
  if (failed(read)) return read
  const { value } = read
  const source = sourceOf(value)
  if (failed(source)) return source
  if (value.userId && value.userPrincipalName) {
    const message = 'name the person by one of userId and userPrincipalName'
    return { issues: [issueAt('userPrincipalName', 'conflicting-person', message)] }
  }
  return {
    value: {
      source: source.value,
      said: saidOf(value),
      userId: value.userId ?? undefined,
      userPrincipalName: value.userPrincipalName ?? undefined,
      isMultiFactor: value.isMultiFactor ?? true,
      isSignedIn: value.isSignedIn ?? undefined,
      isSessionExpired: value.isSessionExpired === true,
    },
  }
}

function sourceOf(value: ExamineBody): Parsed<ExamineSource> {
  const { consoleMessage, har, requestId } = value
  const given = [consoleMessage, har, requestId, value.targetUrl].filter((each) => each != null)
  if (given.length > 1) {
    const message = 'say one of targetUrl, consoleMessage, har and requestId'
    return { issues: [issueAt('', 'conflicting-sources', message)] }
  }
  if (consoleMessage != null) return { value: { kind: 'console', text: consoleMessage } }
  if (requestId != null) return { value: { kind: 'request', id: requestId } }
  if (har == null) return urlsOf(value)
  const read = readHar(har)
  return failed(read) ? read : { value: { kind: 'har', requests: read.value } }
}

function urlsOf({ pageUrl, targetUrl }: ExamineBody): Parsed<ExamineSource> {
  const missing = Object.entries({ pageUrl, targetUrl }).filter(([, url]) => url == null)
  if (missing.length > 0) {
    const message = 'must be a string, unless there is a consoleMessage, har or requestId'
    return { issues: missing.map(([name]) => issueAt(name, 'invalid_type', message)) }
  }
  const target = URL.parse(targetUrl ?? '') ?? URL.parse(targetUrl ?? '', pageUrl ?? '')
  if (target) return { value: { kind: 'urls', targetUrl: target.href } }
  return {
    issues: [issueAt('targetUrl', 'url-invalid', 'must be a URL, or one relative to pageUrl')],
  }
}

function saidOf(value: ExamineBody): ExamineQuestion['said'] {
  const type = value.contentType ? ['Content-Type', value.contentType] : []
  const hasHeaders = value.headers != null || type.length > 0
  return {
    ...given('pageUrl', value.pageUrl),
    ...given('method', value.method),
    ...given('headers', hasHeaders ? [...toRawHeaders(value.headers ?? []), ...type] : undefined),
    ...given('credentials', value.credentials),
    ...given('mode', value.mode),
    ...given('ipAddress', value.ipAddress),
    ...given('backend', toBackend(value.backendAnswer)),
  }
}

function given<Name extends string, Value>(name: Name, value: Value | null | undefined) {
  return (value == null ? {} : { [name]: value }) as { readonly [key in Name]?: Value }
}

function toBackend(sent: ExamineBody['backendAnswer']): PageCall['backend'] {
  if (!sent) return undefined
  const { preflight } = sent
  const headers = toRawHeaders(sent.headers ?? [])
  if (!preflight) return { status: sent.status, headers }
  return {
    status: sent.status,
    headers,
    preflight: { status: preflight.status, headers: toRawHeaders(preflight.headers ?? []) },
  }
}

/** What was examined, and what came out of it. */
export interface Examined {
  readonly call: PageCall
  readonly told: Pick<ReportedCall, 'said' | 'count' | 'notes'>
  readonly examination: Examination
}

/** What came out, as JSON: the first call, and the others that were told of along with it. */
export function toGraphExaminations(
  [first, ...others]: readonly [Examined, ...Examined[]],
  parts: DoctorParts,
) {
  return {
    ...toGraphExamined(first, parts),
    others: others.map((each) => toGraphExamined(each, parts)),
  }
}

function toGraphExamined({ call, told, examination }: Examined, parts: DoctorParts) {
  const { pageUrl, targetUrl, method, headers, credentials, mode } = call
  const { said, count, notes } = told
  return {
    ...toGraphExamination(examination, parts),
    call: {
      pageUrl,
      targetUrl,
      method,
      headers: toGraphHeaders(headers),
      credentials,
      mode,
      count,
    },
    said: said
      ? {
          ...said,
          corsError: said.corsError ?? null,
          failedParameter: said.failedParameter || null,
        }
      : null,
    notes,
  }
}

function toGraphExamination(examination: Examination, parts: DoctorParts) {
  const { verdict, browser, findings, trail } = examination
  return {
    verdict,
    corsError: browser && !browser.ok ? browser.corsError : null,
    failedParameter: browser && !browser.ok ? browser.failedParameter || null : null,
    readableHeaders: browser?.ok ? browser.readableHeaders : [],
    findings: findings.map((finding) => toGraphFinding(finding, parts)),
    trail,
  }
}

function toGraphFinding(finding: CurableFinding, parts: DoctorParts) {
  const { id, severity, explanation, subject } = finding
  return {
    id,
    severity,
    corsError: finding.corsError ?? null,
    failedParameter: finding.failedParameter ?? null,
    title: findingTexts[id].title,
    explanation,
    meaning: findingTexts[id].meaning,
    expected: toGraphHeaders(finding.expected),
    actual: toGraphHeaders(finding.actual),
    subject: subject ?? null,
    options: finding.options.map((option) => toGraphOption(option, parts)),
  }
}
