import type { PolicyForm } from './policy-form.ts'

/** What the parts of the editor are given. */
export interface PolicyPartProps {
  readonly form: PolicyForm
  readonly set: (part: Partial<PolicyForm>) => void
  /** What the API has against what stands at this path of the body. */
  readonly problem: (path: string) => string | undefined
}
