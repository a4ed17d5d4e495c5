import { z } from 'zod'
import { text } from './kinds.ts'

/** Graph's error envelope (refusal.ts). */
export const errorEnvelope = z
  .strictObject({
    error: z.strictObject({
      code: text,
      message: text,
      details: z.array(z.strictObject({ code: text, message: text, target: text })).optional(),
      innerError: z.looseObject({
        code: text.optional(),
        date: text,
        'request-id': text,
        'client-request-id': text,
      }),
    }),
  })
  .meta({ id: 'error' })
