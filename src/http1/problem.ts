/**
 * Everything a message can be refused for: what is wrong → the status that says so to a client. A response with such a
 * problem is a 502, whatever stands here.
 */
export const problemStatus = {
  // Line ends and bytes (RFC 9112 §2.2).
  'bare-line-feed': 400,
  'bare-carriage-return': 400,
  'control-byte': 400,
  // The first line (RFC 9112 §3, §4).
  'first-line': 400,
  'method-too-long': 501,
  'target-too-long': 414,
  'protocol-version': 505,
  // Fields (RFC 9112 §5).
  'field-without-colon': 400,
  'field-name': 400,
  'space-before-colon': 400,
  'folded-field': 400,
  'head-too-large': 431,
  'too-many-fields': 431,
  // Framing (RFC 9112 §6).
  'content-length': 400,
  'repeated-content-length': 400,
  'repeated-transfer-encoding': 400,
  'length-and-coding': 400,
  'coding-in-1.0': 400,
  'unknown-coding': 501,
  // Chunks (RFC 9112 §7.1).
  'chunk-size': 400,
  'chunk-extension': 400,
  'chunk-extensions-too-large': 413,
  'chunk-end': 400,
} as const

/** Why a message is no HTTP/1.1 that everybody reads alike. */
export type MessageProblem = keyof typeof problemStatus
