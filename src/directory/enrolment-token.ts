/** What is kept of a one-time enrolment secret. */
export interface EnrolmentToken {
  /** SHA-256 of the secret, in hexadecimal digits. */
  readonly id: string
  readonly groupId: string
  readonly expiresAt: number
  readonly usedAt: number | undefined
  /** The connector that it made. */
  readonly connectorId: string | undefined
}
