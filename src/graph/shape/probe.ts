import { z } from 'zod'
import { failed, type Parsed } from '../../base/check.ts'
import type { ProbeExchange } from '../../doctor/exchanges.ts'
import type { DoctorParts } from '../../doctor/page-call.ts'
import type { Probe } from '../../doctor/probe.ts'
import type { ProbedPage } from '../../doctor/probe-page.ts'
import { parseBody } from './body.ts'
import {
  type Examined,
  type ExamineQuestion,
  examineBody,
  readExamineQuestion,
  toGraphExaminations,
} from './examination.ts'
import { toGraphHeaders } from './imagined-request.ts'

/** What `doctor/probe` takes: the same as `doctor/examine` but for the answer, and whether it may change something. */
export const probeBody = examineBody
  .omit({ backendAnswer: true })
  .extend({ allowUnsafeMethod: z.boolean().nullish() })

export interface ProbeQuestion {
  readonly question: ExamineQuestion
  /** Other methods than GET, HEAD and OPTIONS may be sent, too. */
  readonly allowUnsafeMethod: boolean
}

/** The question in a body, or every issue. [D2] */
export function readProbeQuestion(sent: unknown): Parsed<ProbeQuestion> {
  const read = parseBody(probeBody, sent)
  if (failed(read)) return read
  const { allowUnsafeMethod, ...rest } = read.value
  const question = readExamineQuestion(rest)
  if (failed(question)) return question
  return { value: { question: question.value, allowUnsafeMethod: allowUnsafeMethod === true } }
}

/** What was seen and what came out, as JSON. */
export function toGraphProbe(examined: Examined, seen: Probe, parts: DoctorParts) {
  return {
    ...toGraphExaminations([examined], parts),
    exchanges: seen.exchanges.map(toGraphExchange),
    page: seen.page ? toGraphPage(seen.page) : null,
    unseen: seen.unseen,
  }
}

function toGraphPage({ landedAt, exchanges }: ProbedPage) {
  return { landedAt: landedAt ?? null, exchanges: exchanges.map(toGraphExchange) }
}

function toGraphExchange({ requestHeaders, responseHeaders, ...exchange }: ProbeExchange) {
  return {
    ...exchange,
    status: exchange.status ?? null,
    failure: exchange.failure ?? null,
    redirectedTo: exchange.redirectedTo ?? null,
    requestHeaders: toGraphHeaders(requestHeaders),
    responseHeaders: toGraphHeaders(responseHeaders),
  }
}
