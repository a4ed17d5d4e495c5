import type { RawHeaders } from '../http/headers.ts'
import type { Access } from '../policy/access.ts'
import type { ConditionalAccess } from '../policy/compile.ts'
import type { CountryOf } from '../policy/country-database.ts'
import type { RouteTable } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'

/** What the edge decides from, as far as the doctor asks. */
export interface EdgeParts {
  readonly routes: RouteTable
  readonly access: Access
  readonly conditionalAccess: ConditionalAccess
  readonly countryOf: CountryOf
  /** Where the edge itself answers: sign-in, management, portal. */
  readonly ownOrigins: ReadonlySet<string>
  /** Epoch milliseconds. */
  readonly now: number
}

/** How a request ends at the edge. */
export type Ending =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Of the refusal, if it is one. */
      readonly code: string | undefined
      /** Those that decide what a page may read; the rest of the answer is in docs/errors. */
      readonly headers: RawHeaders
    }
  /** The person is sent to the identity provider. */
  | { readonly kind: 'sign-in' }
  /** The edge's own pages answer: those of the sign-in, or one of its own hosts. */
  | { readonly kind: 'own-page' }
  | { readonly kind: 'forwarded'; readonly internalUrl: string }

/** The ending that a refusal makes. */
export function refusal({ status, code, headers = [] }: Problem): Ending & { kind: 'answered' } {
  return { kind: 'answered', status, code, headers }
}
