import { z } from 'zod'
import { failed, type Parsed } from '../../base/check.ts'
import type { CurableFinding, Examination } from '../../doctor/examine.ts'
import { findingTexts } from '../../doctor/findings.ts'
import type { DoctorParts, PageCall } from '../../doctor/page-call.ts'
import { guid, issueAt, parseBody } from './body.ts'
import { toGraphOption } from './doctor-option.ts'
import {
  credentialsMode,
  headerList,
  httpUrl,
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

/** What `doctor/examine` takes. */
export const examineBody = z.strictObject({
  pageUrl: pageAddress,
  targetUrl: z.string().max(8_192),
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

/** A call to be examined, and whom it names. */
export interface ExamineQuestion {
  readonly call: Omit<PageCall, 'visitor'>
  readonly userId: string | undefined
  readonly userPrincipalName: string | undefined
  readonly isMultiFactor: boolean
  readonly isSignedIn: boolean
  readonly isSessionExpired: boolean
}

/** The question in a body, or every issue. [D2] */
export function readExamineQuestion(sent: unknown): Parsed<ExamineQuestion> {
  const read = parseBody(examineBody, sent)
  if (failed(read)) return read
  const { value } = read
  const target = URL.parse(value.targetUrl) ?? URL.parse(value.targetUrl, value.pageUrl)
  if (!target) {
    return {
      issues: [issueAt('targetUrl', 'url-invalid', 'must be a URL, or one relative to pageUrl')],
    }
  }
  if (value.userId && value.userPrincipalName) {
    const message = 'name the person by one of userId and userPrincipalName'
    return { issues: [issueAt('userPrincipalName', 'conflicting-person', message)] }
  }
  const { url, mode = 'cors' } = httpUrl(target.href, value.mode ?? undefined)
  const type = value.contentType ? ['Content-Type', value.contentType] : []
  return {
    value: {
      call: {
        pageUrl: value.pageUrl,
        targetUrl: url,
        method: value.method ?? 'GET',
        headers: [...toRawHeaders(value.headers ?? []), ...type],
        credentials: value.credentials ?? 'include',
        mode,
        ipAddress: value.ipAddress ?? undefined,
        backend: toBackend(value.backendAnswer),
      },
      userId: value.userId ?? undefined,
      userPrincipalName: value.userPrincipalName ?? undefined,
      isMultiFactor: value.isMultiFactor ?? true,
      isSignedIn: value.isSignedIn ?? true,
      isSessionExpired: value.isSessionExpired === true,
    },
  }
}

function toBackend(sent: z.infer<typeof examineBody>['backendAnswer']): PageCall['backend'] {
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

/** What came out, as JSON. */
export function toGraphExamination(examination: Examination, parts: DoctorParts) {
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
