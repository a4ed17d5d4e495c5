import type { Issue } from '../base/check.ts'
import type { ApiVersion } from './path.ts'

/** A call on its way to another thread: data and nothing else. */
export interface ApartCall {
  readonly method: string
  /** The route's. */
  readonly path: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array<ArrayBuffer> | undefined
  readonly keys: Readonly<Record<string, string>>
  readonly version: ApiVersion
  readonly caller: {
    readonly name: string
    readonly personId?: string | undefined
    readonly ownerId?: string | undefined
    readonly roles: readonly string[]
  }
  readonly baseUrl: string
}

/** What came of it. */
export type ApartAnswer =
  | {
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** JSON; undefined where there is nothing to say. */
      readonly json: Uint8Array<ArrayBuffer> | undefined
    }
  | { readonly refusal: PlainRefusal }

/** A refusal (refusal.ts) without its class. */
export interface PlainRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly innerCode: string | undefined
  readonly headers: Record<string, string>
  readonly issues: readonly Issue[]
  readonly cause: unknown
}

/** Another thread, which has the directory to itself. Rejects with faults; `signal`: nobody waits for the answer any more. */
export interface Workshop {
  answer(call: ApartCall, signal: AbortSignal): Promise<ApartAnswer>
}
