/** How much of one message a peer may make us hold. Envoy's edge guide recommends 64 KiB and 100 fields. */
export const messageLimits = {
  /** The first line and the fields together. */
  headBytes: 64 * 1024,
  headFields: 128,
  /** No registered method is longer than 17 characters. */
  methodBytes: 32,
  /** What nginx and Apache take; a longer target is an attack or a bug. */
  targetBytes: 8 * 1024,
  /** RFC 9112 §2.2: at least one empty line before a request is to be ignored. */
  leadingLines: 4,
  /** Of all chunks of one message together: extensions mean nothing to anybody (CVE-2023-39326, CVE-2024-22019). */
  chunkExtensionBytes: 16 * 1024,
  trailerBytes: 16 * 1024,
  trailerFields: 64,
} as const
