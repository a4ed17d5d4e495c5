import { answerBatch } from '../batch.ts'
import { post, type Route } from '../route.ts'
import { batchAnswer, batchBody } from '../shape/batch.ts'

/** Several requests in one; each needs its own permission. */
export const batchRoutes: readonly Route[] = [
  post(
    '/$batch',
    answerBatch,
    { area: 'self' },
    { body: batchBody, answer: batchAnswer, status: 200 },
  ),
]
