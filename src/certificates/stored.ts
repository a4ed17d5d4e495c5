import type { CertificateFacts } from './certificate.ts'

/** A certificate as it is kept: the key sealed, for whoever has the data folder's own key. */
export interface StoredCertificate extends CertificateFacts {
  readonly source: 'upload' | 'acme'
  /** PEM, the server's own certificate first, without the root. */
  readonly chain: string
  readonly sealedKey: string
  readonly createdAt: number
}

/** What a certificate authority asks to find on a host while it issues (RFC 8555 §8). */
export interface AcmeChallenge {
  readonly host: string
  readonly token: string
  readonly keyAuthorization: string
  readonly expiresAt: number
}

export interface AcmeAccount {
  readonly url: string
  readonly sealedKey: string
}

/** How far one host is. Times are epoch milliseconds. */
export interface AcmeHost {
  readonly host: string
  /** Attempts that failed since the last one that did not. */
  readonly failures: number
  /** Not to be tried before. */
  readonly nextAttemptAt: number
  readonly lastError: string | undefined
}

/** What has to outlive the process, and what other processes on the same directory must know. */
export interface AcmeStore {
  account(directoryUrl: string): Promise<AcmeAccount | undefined>
  keepAccount(directoryUrl: string, account: AcmeAccount): Promise<void>
  hosts(): Promise<readonly AcmeHost[]>
  /** Takes a host for this process until `until`; false while another has it or its time has not come. */
  claim(host: string, now: number, until: number): Promise<boolean>
  /** Gives the host back, with what came of it. */
  settle(outcome: AcmeHost): Promise<void>
  forget(host: string): Promise<void>
  /** The challenge is in the state of every process from then on. */
  putChallenge(challenge: AcmeChallenge): Promise<void>
  removeChallenge(host: string): Promise<void>
}

/** A certificate that was found to be good (certificates/validate.ts), with its key sealed. */
export type NewCertificate = Omit<StoredCertificate, 'createdAt'>
