const kibibyte = 1024
const mebibyte = 1024 * kibibyte

/** The ALPN name under which a connector speaks to the edge on the port that browsers use. */
export const tunnelAlpn = 'sallyport-tunnel/1'

/** Versions this code speaks; both ends settle on the highest that both know. */
export const versionMin = 1
export const versionMax = 1

// The next four belong to version 1 of the protocol and are the same at every end.

/** One frame's payload: the longest head, with room for a short body behind it. */
export const framePayloadBytesMax: number = 128 * kibibyte

/** A head: 64 KiB of header fields (what the edge takes from a browser), target and identity fields on top. */
export const headBytesMax: number = 96 * kibibyte

/** Body bytes inside a HEAD frame. They cost no credit, so a small exchange needs no CREDIT frame either way. */
export const inlineBodyBytesMax: number = 16 * kibibyte

/** HELLO, WELCOME and REFUSED: a certificate or two as PEM, and nothing a stranger could fill memory with. */
export const handshakeBytesMax: number = 16 * kibibyte

/** The sentence beside a reset code, as UTF-8: enough for an address and an errno. */
export const resetDetailBytesMax: number = 1 * kibibyte

/** What may be said about a stream besides its head: two short names, and room for later versions to say more. */
export const hintsBytesMax = 512

/** Processes of one edge; a connector holds a link to each, so a count beyond any machine's cores is refused. */
export const workersMax = 256

// How one end treats its own memory; the peer does not depend on these.

/** One DATA frame, and what one stream sends before the next has its turn: 4 TLS records, 0.3 ms at 100 MB/s. */
export const turnBytes: number = 64 * kibibyte

/** Payloads up to this are copied behind their header; above it a copy costs more than a buffer of their own. */
export const copyBytesMax: number = 4 * kibibyte

/** Where frames of many turns are written one behind the other; about a hundred small exchanges. */
export const slabBytes: number = 64 * kibibyte

/** Bytes of DATA that one event-loop turn hands to the socket: enough to keep it busy until the next turn. */
export const flushBytesMax: number = 256 * kibibyte

/** What one link is allowed. Tests make these small; operators have no reason to touch them. */
export interface TunnelLimits {
  /** Live streams the connector accepts on one link, idle WebSockets mostly; one more is reset as `overloaded`. */
  readonly streamsPerLink: number
  /**
   * Streams of one connector, over all its links to one edge process, that it has not answered yet. No network gets the
   * last quarter.
   */
  readonly waitingPerConnector: number
  /** Credit of a new stream, per direction. Times `streamsPerLink` it is what slow readers can pin: 128 MiB. */
  readonly initialCreditBytes: number
  /** Credit of a stream as soon as it moves, if the link has it to give. */
  readonly movingCreditBytes: number
  /** Credit of one stream that moves: 8 MiB is 100 MB/s at 80 ms. */
  readonly creditBytesMax: number
  /** What all streams of a link may have above their initial credit, together and per direction. */
  readonly growthBytesPerLink: number
  /** The part of it that is kept for streams that begin to move: about 600 of them. */
  readonly movingBytesPerLink: number
  /** Bytes a stream queues before `write` says false. */
  readonly queueBytes: number
  /** Bytes a stream queues before it is given up: its writer does not listen. */
  readonly queueBytesMax: number
  /** How often a PING is sent. Also keeps NAT entries alive, which are forgotten after 30–60 s. */
  readonly heartbeatMs: number
  /** Silence after which the peer is dead: just under 3 heartbeats, so that it is noticed within 15 s. */
  readonly silenceMs: number
  /** From an accepted connection to WELCOME, or from dialling to it. */
  readonly handshakeMs: number
  /** From DRAIN until streams that still live are cut, and again for the last bytes to get out. */
  readonly drainMs: number
  /** From the end of the last frame until the socket is destroyed when the peer does not close it. */
  readonly closeMs: number
  /** How long a request whose link was lost waits for another: connectors dial anew within a second, or are restarted. */
  readonly linkReturnMs: number
  /** Connections at one edge that have not proved who they are. */
  readonly handshakesPending: number
  /** Links of one connector at one edge: two per edge worker and those that just died unnoticed. */
  readonly linksPerConnector: number
  /** Links that one connector may begin with one edge process in a minute: a restart takes a few. Each is logged. */
  readonly linksPerMinute: number
}

export const defaultLimits: TunnelLimits = {
  streamsPerLink: 8_192,
  waitingPerConnector: 1000,
  initialCreditBytes: 16 * kibibyte,
  movingCreditBytes: 128 * kibibyte,
  creditBytesMax: 8 * mebibyte,
  growthBytesPerLink: 96 * mebibyte,
  movingBytesPerLink: 64 * mebibyte,
  queueBytes: 128 * kibibyte,
  queueBytesMax: 16 * mebibyte,
  heartbeatMs: 5_000,
  silenceMs: 14_000,
  handshakeMs: 10_000,
  drainMs: 30_000,
  closeMs: 1_000,
  linkReturnMs: 4_000,
  handshakesPending: 1_000,
  linksPerConnector: 32,
  linksPerMinute: 120,
}
