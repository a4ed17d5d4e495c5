import { z } from 'zod'
import { id, text, textOrNull, texts } from './kinds.ts'
import { trailStep } from './request.ts'

const field = z.strictObject({ name: text, value: text })
const fields = z.array(field)

export const explanation = z
  .strictObject({
    outcome: z.strictObject({
      kind: z.enum(['answered', 'signIn', 'ownPage', 'forwarded']),
      status: z.int().nullable(),
      code: textOrNull,
      headers: fields,
      internalUrl: textOrNull,
    }),
    steps: z.array(trailStep),
    explanation: text,
  })
  .meta({ id: 'explanation' })

/** A call of this API that makes a change. */
export const offeredChange = z
  .strictObject({
    method: z.enum(['POST', 'PATCH']),
    path: text,
    body: z.looseObject({}),
    summary: text,
  })
  .meta({ id: 'offeredChange' })

const option = z.strictObject({
  id,
  seedOption: z.int().min(1).max(6).nullable(),
  title: text,
  effort: z.int().min(1).max(6),
  explanation: text,
  change: offeredChange.nullable(),
  diff: z.array(z.strictObject({ path: text, before: z.unknown(), after: z.unknown() })),
  manual: textOrNull,
  retry: z
    .strictObject({
      pageUrl: text.optional(),
      targetUrl: text.optional(),
      credentials: text.optional(),
      mode: text.optional(),
    })
    .nullable(),
})

const finding = z.strictObject({
  id,
  severity: z.enum(['error', 'warning', 'info']),
  corsError: textOrNull,
  failedParameter: textOrNull,
  title: text,
  explanation: text,
  meaning: text,
  expected: fields,
  actual: fields,
  subject: trailStep.shape.subject.unwrap().nullable(),
  options: z.array(option),
})

/** A call that was examined, as it was understood, and what came out. */
const examined = z.strictObject({
  verdict: z.enum(['allowed', 'blocked', 'depends']),
  corsError: textOrNull,
  failedParameter: textOrNull,
  readableHeaders: texts,
  findings: z.array(finding),
  trail: z.array(trailStep),
  call: z.strictObject({
    pageUrl: text,
    targetUrl: text,
    method: text,
    headers: fields,
    credentials: text,
    mode: text,
    count: z.int(),
  }),
  said: z
    .strictObject({ browser: text, corsError: textOrNull, failedParameter: textOrNull })
    .nullable(),
  notes: texts,
})

const exchange = z.strictObject({
  via: z.enum(['edge', 'application']),
  method: text,
  url: text,
  status: z.int().nullable(),
  failure: textOrNull,
  requestHeaders: fields,
  responseHeaders: fields,
  tookMs: z.number(),
  redirectedTo: textOrNull,
})

export const probe = examined
  .extend({
    others: z.array(examined),
    exchanges: z.array(exchange),
    page: z.strictObject({ landedAt: textOrNull, exchanges: z.array(exchange) }).nullable(),
    unseen: texts,
  })
  .meta({ id: 'probe' })

export const examination = examined
  .extend({ others: z.array(examined) })
  .meta({ id: 'examination' })
