/** How much of one message a peer may make us hold. */
export interface MessageLimits {
  /** The first line and the fields together. */
  readonly headBytes: number
  readonly headFields: number
  readonly methodBytes: number
  readonly targetBytes: number
  /** Empty lines before a request. */
  readonly leadingLines: number
  /** Of all chunks of one message together. */
  readonly chunkExtensionBytes: number
  readonly trailerBytes: number
  readonly trailerFields: number
}

const limits: { -readonly [Name in keyof MessageLimits]: number } = {
  // Envoy's edge guide recommends 64 KiB and 100; 128 fields leave room for many cookies in HTTP/2 crumbs.
  headBytes: 64 * 1024,
  headFields: 128,
  // No registered method is longer than 17 characters.
  methodBytes: 32,
  // What nginx and Apache take; a longer target is an attack or a bug.
  targetBytes: 8 * 1024,
  // RFC 9112 §2.2: at least one is to be ignored.
  leadingLines: 4,
  // Extensions mean nothing to anybody (CVE-2023-39326, CVE-2024-22019).
  chunkExtensionBytes: 16 * 1024,
  trailerBytes: 16 * 1024,
  trailerFields: 64,
}

/** The limits of this process, of which there is one set: every parser looks at it. */
export const messageLimits: MessageLimits = limits

/** Sets them, once, before the first message. */
export function setMessageLimits(wanted: MessageLimits): void {
  Object.assign(limits, wanted)
}
