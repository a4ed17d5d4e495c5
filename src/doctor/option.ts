import type { Change } from './change.ts'

/** Which of the six solutions of the original's troubleshooting page an option is; undefined: none of them. */
export type SeedOption = 1 | 2 | 3 | 4 | 5 | 6

export type OptionId =
  | 'enforce-rule'
  | 'cors-rule'
  | 'sibling-segments'
  | 'response-headers'
  | 'complex-application'
  | 'parent-directory'
  | 'custom-domain'
  | 'session-lifetime'
  | 'change-application'
  | 'change-page'
  | 'assign-person'
  | 'end-maintenance'
  | 'enable-application'
  | 'add-segment'
  | 'published-url'
  | 'translate-links'
  | 'sign-in'
  | 'change-policy'
  | 'allow-local-network'

/** One way to cure a finding. */
export interface Option {
  readonly id: OptionId
  readonly seedOption: SeedOption | undefined
  readonly title: string
  /** 1: one click; 6: somebody has to write code. */
  readonly effort: 1 | 2 | 3 | 4 | 5 | 6
  readonly explanation: string
  /** What to send; undefined where Sallyport cannot do it. */
  readonly change: Change | undefined
  /** What a person does by hand, in place of the change or besides it. */
  readonly manual: string | undefined
  /** What the call then is, where addresses or the page change with it. */
  readonly retry: Retry | undefined
}

export interface Retry {
  readonly pageUrl?: string
  readonly targetUrl?: string
  readonly credentials?: 'include'
  readonly mode?: 'cors'
}
