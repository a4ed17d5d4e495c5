import { z } from 'zod'
import { count, text, textOrNull, time } from './kinds.ts'

/** What the edge tells of itself: how it was started, and what holds for it. No secret among it. */
export const edge = z
  .strictObject({
    version: text,
    startedDateTime: time,
    domain: text,
    ports: z.array(z.strictObject({ port: count, protocol: z.enum(['https', 'http']) })),
    // Its own hosts, as origins.
    hosts: z.strictObject({
      portal: text,
      myApps: text,
      signIn: text,
      managementApi: text,
      connectors: text,
    }),
    // SHA-256 of the local authority's certificate, by which connectors know the edge.
    certificateAuthorityFingerprint: text,
    processCount: count,
    sessionLifetimeInSeconds: count,
    signInLogRetentionInDays: count,
    auditLogRetentionInDays: count,
    // Null where no certificates are ordered.
    acmeDirectory: textOrNull,
    // As in docs/limits.md, by group and name.
    limits: z.record(text, z.record(text, z.number())),
  })
  .meta({ id: 'edge' })

export type EdgeFacts = z.output<typeof edge>
