import type { Change } from '../api/client.ts'
import type { TrailStep } from '../parts/trail-step.ts'

export interface Field {
  readonly name: string
  readonly value: string
}

export interface Difference {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** One way to cure a finding. */
export interface Option {
  readonly id: string
  readonly seedOption: number | null
  readonly title: string
  readonly effort: number
  readonly explanation: string
  /** Its path begins with `/beta`. */
  readonly change: Change | null
  readonly diff: readonly Difference[]
  readonly manual: string | null
  /** What the call then is, where it changes with it. */
  readonly retry: {
    readonly pageUrl?: string
    readonly targetUrl?: string
    readonly credentials?: 'include'
    readonly mode?: 'cors'
  } | null
}

export interface Finding {
  readonly id: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly corsError: string | null
  readonly failedParameter: string | null
  readonly title: string
  readonly explanation: string
  readonly meaning: string
  readonly expected: readonly Field[]
  readonly actual: readonly Field[]
  readonly options: readonly Option[]
}

/** What `doctor/examine` answers. */
export interface Examination {
  readonly verdict: 'allowed' | 'blocked' | 'depends'
  readonly corsError: string | null
  readonly failedParameter: string | null
  readonly readableHeaders: readonly string[]
  readonly findings: readonly Finding[]
  readonly trail: readonly TrailStep[]
}

/** What `doctor/explain` answers. */
export interface Explanation {
  readonly outcome: {
    readonly kind: 'answered' | 'signIn' | 'ownPage' | 'forwarded'
    readonly status: number | null
    readonly code: string | null
    readonly headers: readonly Field[]
    readonly internalUrl: string | null
  }
  readonly steps: readonly TrailStep[]
  readonly explanation: string
}

/** One request that a probe sent, with what came. */
export interface Exchange {
  readonly via: 'edge' | 'application'
  readonly method: string
  readonly url: string
  readonly status: number | null
  /** The edge's code where no answer came. */
  readonly failure: string | null
  readonly requestHeaders: readonly Field[]
  readonly responseHeaders: readonly Field[]
  readonly tookMs: number
  readonly redirectedTo: string | null
}

/** What `doctor/probe` answers. */
export interface Probe extends Examination {
  readonly exchanges: readonly Exchange[]
  /** How the page itself is reached; null: it was not asked for. */
  readonly page: {
    readonly landedAt: string | null
    readonly exchanges: readonly Exchange[]
  } | null
  /** What it could not see, in sentences. */
  readonly unseen: readonly string[]
}
