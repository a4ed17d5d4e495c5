import { z } from 'zod'
import { id, text, textOrNull } from './kinds.ts'
import { trailStep } from './request.ts'

const field = z.looseObject({ name: text, value: text })

export const explanation = z
  .looseObject({
    outcome: z.looseObject({
      kind: text,
      status: z.int().nullable(),
      code: textOrNull,
      headers: z.array(field),
      internalUrl: textOrNull,
    }),
    steps: z.array(trailStep),
    explanation: text,
  })
  .meta({ id: 'explanation' })

const finding = z.looseObject({
  id,
  severity: text,
  corsError: textOrNull,
  title: text,
  explanation: text,
  expected: z.array(field),
  actual: z.array(field),
  options: z.array(z.looseObject({ id, title: text })),
})

export const examination = z
  .looseObject({
    verdict: z.enum(['allowed', 'blocked', 'depends']),
    corsError: textOrNull,
    findings: z.array(finding),
    trail: z.array(trailStep),
  })
  .meta({ id: 'examination' })
