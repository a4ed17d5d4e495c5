import type { AcmeServer } from '../certificates/acme-client.ts'
import type { TracingTerms } from '../edge/tracing.ts'
import type { SpanExportSettings } from '../signals/span-export.ts'
import type { Retention } from './housekeeping.ts'
import type { EdgeLimits } from './limits.ts'
import type { BoundPorts, PortSettings } from './ports.ts'

/** Traces of an edge. */
export interface TraceSettings extends SpanExportSettings, TracingTerms {}

/** How one edge is run; the command line fills it in. */
export interface EdgeSettings extends PortSettings, Retention {
  readonly dataDir: string
  /** Sign-in is at `login.<domain>`, the API at `graph.<domain>` and at `localhost`. */
  readonly domain: string
  /** The name connectors know this edge by; undefined: `graph.<domain>`. */
  readonly connectorHost: string | undefined
  readonly sessionLifetimeSeconds: number
  /** A session that nobody used for so long ends; never if unsaid. */
  readonly sessionIdleSeconds?: number | undefined
  /** The most segments one application may have; 50 if unsaid. */
  readonly segmentsMax?: number | undefined
  /** What peers may make the edge hold and wait for; the strict values if unsaid. */
  readonly limits?: EdgeLimits | undefined
  readonly trustedProxies: readonly string[]
  /** Requests that each process remembers; 2,000 if unsaid. */
  readonly liveRequests?: number | undefined
  /** Which requests are traced, and where spans go; none if unsaid. [D4] */
  readonly traces?: TraceSettings | undefined
  /** Where each request leaves a line, `-` for standard output; nowhere if unsaid. */
  readonly accessLog?: string | undefined
  /** A country database in MaxMind's format; without it no address has a known country. */
  readonly countriesFile?: string | undefined
  /** Where certificates are ordered for hosts that have none; nowhere if unsaid. */
  readonly acme?: AcmeServer | undefined
}

/** What is known of an edge once it listens. */
export interface EdgeFacts extends BoundPorts {
  readonly caPath: string
  /** Base address of the management API. */
  readonly graph: string
}
