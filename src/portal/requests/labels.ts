import type { outcomes } from './search.ts'
import type { RequestKind } from './types.ts'

/** Kinds of requests in words. */
export const kindLabels: Readonly<Record<RequestKind, string>> = {
  navigation: 'Page',
  script: 'Script',
  preflight: 'Preflight',
  corsRequest: 'Cross-origin',
  webSocket: 'WebSocket',
  other: 'Other',
}

/** Outcomes in words. */
export const outcomeLabels: Readonly<Record<(typeof outcomes)[number], string>> = {
  refused: 'Decided by the edge',
  failed: 'Status 400 and above',
  open: 'Still open',
}
