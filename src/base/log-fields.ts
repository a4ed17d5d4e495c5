type Text = string | undefined
type Texts = readonly string[]

/**
 * Everything that may stand in a line of the log besides its message, by name. A secret has no name here: cookies, tokens,
 * passwords, codes, queries and bodies are never logged. docs/log-messages.md says which message has which.
 */
export interface LogFields {
  /** What failed: an error (`describeError`), or a sentence. */
  readonly error?: unknown
  readonly cause?: Text
  readonly code?: Text | number | null
  readonly reason?: Text
  readonly because?: Text
  readonly refused?: Text
  readonly detail?: Text
  readonly message?: Text
  // Who and what, by id or name.
  readonly requestId?: Text
  readonly clientRequestId?: Text
  readonly method?: Text
  readonly status?: number
  readonly stream?: number
  readonly personId?: Text
  readonly applicationId?: Text
  readonly providerId?: Text
  readonly policy?: Text
  readonly subject?: Text
  readonly author?: Text
  readonly amr?: Texts
  readonly sent?: Texts
  readonly dropped?: Texts
  // Where.
  readonly host?: Text
  readonly hosts?: Texts
  readonly origin?: Text
  readonly peer?: Text
  readonly address?: Text
  readonly file?: Text
  // Connectors and links.
  readonly connectorId?: Text
  readonly machineName?: Text
  readonly version?: Text
  readonly externalIp?: Text
  readonly before?: Text
  readonly edge?: Text
  readonly link?: number
  readonly state?: Text
  readonly refusal?: Text
  readonly retryInMs?: number
  // Certificates.
  readonly thumbprint?: Text
  readonly names?: Texts
  readonly expiryDate?: Text
  readonly days?: number
  readonly failures?: number
  readonly nextAttemptAt?: Text
  // How many, how long.
  readonly sessions?: number
  readonly connections?: number
  readonly lost?: number
  readonly unsaid?: number
  readonly seconds?: number
  readonly worker?: number
  readonly deaths?: number
  readonly restartInMs?: number
  readonly signal?: Text | null
  readonly pending?: number
  readonly waiting?: number
  readonly tookMs?: number
  readonly load?: Text
  readonly usedBytes?: number
  readonly limitBytes?: number
  readonly heap?: number
}
