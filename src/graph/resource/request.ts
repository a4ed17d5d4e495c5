import { z } from 'zod'
import { requestKinds } from '../../base/request-record.ts'
import { trailSteps } from '../../base/trail.ts'
import { count, flag, id, text, time } from './kinds.ts'

/** One decision of the edge, with its reason. */
export const trailStep = z
  .looseObject({
    step: z.enum(trailSteps),
    verdict: z.enum(['passed', 'refused', 'answered', 'skipped']),
    code: text.optional(),
    reason: text,
    subject: z.looseObject({ kind: text, id, displayName: text.optional() }).optional(),
    tookMs: z.number().optional(),
  })
  .meta({ id: 'trailStep' })

/** A request as the edge remembers it. */
export const request = z
  .looseObject({
    id,
    startedDateTime: time,
    durationInMilliseconds: z.number(),
    isOpen: flag,
    method: text,
    url: text,
    protocol: text,
    status: z.int().nullable(),
    kind: z.enum(requestKinds),
    origin: text.optional(),
    code: text.optional(),
    applicationId: id.optional(),
    applicationDisplayName: text.optional(),
    segmentId: id.optional(),
    corsConfigurationId: id.optional(),
    userId: id.optional(),
    userPrincipalName: text.optional(),
    connectorId: id.optional(),
    ipAddress: text,
    userAgent: text,
    requestBytes: count,
    responseBytes: count,
    steps: z.array(trailStep),
  })
  .meta({ id: 'request' })
