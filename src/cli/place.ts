import type { Exchange } from './exchange.ts'

/** An edge to talk to. */
export interface Place {
  /** Without path: `https://graph.contoso.com`. */
  readonly server: string
  /** Its certificate authority in PEM, where it is not one that the machine knows. */
  readonly ca: string | undefined
  readonly exchange: Exchange
}
