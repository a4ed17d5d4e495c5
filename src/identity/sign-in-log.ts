/** What a policy said to a sign-in. */
export interface PolicyResult {
  readonly id: string
  readonly displayName: string
  /** As Graph calls it: `success`, `failure`, `notApplied`, `reportOnlyFailure`, … */
  readonly result: string
  readonly grantControls: readonly string[]
  readonly sessionControls: readonly string[]
}

/** How somebody came: with the browser, by a renewal behind their back, or as a program. */
export type SignInKind = 'interactiveUser' | 'nonInteractiveUser' | 'servicePrincipal'

/** What a token was asked for by, as Graph calls it; `none`: a person came with the browser. */
export type SignInProtocol = 'none' | 'oAuth2' | 'deviceCode'

/** Every reason that stands in the sign-in log. */
export type SignInResult = keyof typeof signInErrors

/** One sign-in, or one try. Never holds a secret. Times are epoch milliseconds. */
export interface SignInEntry {
  readonly at: number
  readonly kind: SignInKind
  readonly result: SignInResult
  /** `none` if unsaid. */
  readonly protocol?: SignInProtocol
  /** It came from a program on somebody's machine, or from one that speaks for itself, and not from a browser. */
  readonly isProgram?: boolean
  readonly personId: string | undefined
  readonly userPrincipalName: string | undefined
  readonly displayName: string | undefined
  /** The application that was to be entered, or whose program it was. */
  readonly appId: string | undefined
  readonly applicationName: string | undefined
  /** What a token was for. */
  readonly resource: string | undefined
  readonly address: string
  readonly userAgent: string
  /** The request's id, or what joins the steps of a sign-in at the embedded provider. */
  readonly correlationId: string
  readonly providerId: string | undefined
  readonly methods: readonly string[]
  readonly policies: readonly PolicyResult[]
}

/** Takes entries and keeps them beside the request's way: never throws, never waits. */
export interface SignInLog {
  write(entry: SignInEntry): void
}

/**
 * Reasons with the numbers that the original has for them, as far as it has, so that queries and alerts written for it work,
 * and a sentence for people.
 */
export const signInErrors = {
  // The original, too, has this sentence where nothing failed.
  'signed-in': [0, 'Other.'],
  'second-factor-needed': [50074, 'Strong authentication is required.'],
  'set-up-needed': [50079, 'The person has to set up a second factor.'],
  'new-password-needed': [50055, 'The password has to be changed.'],
  'unknown-person': [50034, 'There is no such person.'],
  disabled: [50057, 'The account is disabled.'],
  'wrong-password': [50126, 'The name or the password is wrong.'],
  'wrong-code': [500121, 'The second factor was not proven.'],
  'used-code': [500121, 'The code was used before.'],
  'passkey-refused': [500121, 'The passkey was not accepted.'],
  'too-many-attempts': [50053, 'There were too many attempts.'],
  'no-account': [50020, 'The identity provider vouches for somebody who has no account here.'],
  'not-assigned': [50105, 'The person is not assigned to the application.'],
  'refused-by-provider': [70021, 'The identity provider refused the sign-in.'],
  'untrusted-answer': [50008, 'The answer of the identity provider could not be trusted.'],
  'stale-answer': [54005, 'The answer of the identity provider was used before, or came too late.'],
  'provider-unavailable': [90033, 'The identity provider cannot be reached.'],
  'blocked-by-policy': [53003, 'A conditional access policy does not let the person in.'],
  'mfa-required': [50076, 'A conditional access policy asks for a second factor.'],
  'sign-in-too-old': [70044, 'A conditional access policy asks for a fresh sign-in.'],
  'renewal-refused': [50173, 'The identity provider did not renew the session.'],
  'unknown-client': [700016, 'There is no such client.'],
  'wrong-client-secret': [7000215, 'The client did not prove who it is.'],
  'no-role': [501051, 'The client has no role at the resource.'],
  'unknown-resource': [500011, 'There is no such resource.'],
  declined: [65004, 'The person did not let the program in.'],
  'code-expired': [70019, 'The code that the program showed was not entered in time.'],
  'bad-request': [90014, 'The request for a token lacks something.'],
} as const satisfies Readonly<Record<string, readonly [code: number, sentence: string]>>
