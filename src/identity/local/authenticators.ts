/** A passkey: a public key that a person's device proves (WebAuthn). Times are epoch milliseconds. */
export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string
  readonly personId: string
  /** What the person calls it. */
  readonly name: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  /** Synchronised between devices, so that losing one does not lose it. */
  readonly backedUp: boolean
  readonly createdAt: number
  readonly lastUsedAt: number | undefined
}

/** An app that makes one-time codes (RFC 6238); a person has one at most. */
export interface CodeApp {
  readonly id: string
  /** Opens only with the keys beside the database. */
  readonly sealedSecret: string
  /** The last time step whose code was used: no code counts twice (RFC 6238 §5.2). */
  readonly lastStep: number
  readonly createdAt: number
}

/** A password for a while, made by an administrator for whoever has nothing else (yet, or any more). */
export interface TemporaryPass {
  readonly id: string
  readonly createdAt: number
  readonly startsAt: number
  readonly expiresAt: number
  readonly usableOnce: boolean
  readonly usedAt: number | undefined
}

/** How a person can prove who they are; no secret among it that could be used. */
export interface PersonAuthenticators {
  /** Epoch milliseconds; undefined without a password, 0 when nobody knows. */
  readonly passwordChangedAt: number | undefined
  readonly mustChangePassword: boolean
  readonly passkeys: readonly Passkey[]
  readonly codeApp: CodeApp | undefined
  /** How many recovery codes are not used yet. */
  readonly recoveryCodes: number
  readonly temporaryPass: TemporaryPass | undefined
}

/** Who changes something and why, for the audit trail. */
export interface ChangeBy {
  readonly author: string
  readonly reason: string
}

/**
 * Where the ways to prove oneself are kept; the directory implements it. What takes a change is audited. Hashes are of
 * secrets with enough bits that nobody guesses one. Each `use…` happens once, whoever else tries at the same moment,
 * and says whether it did.
 */
export interface Authenticators {
  of(personId: string): Promise<PersonAuthenticators>
  passkey(id: string): Promise<Passkey | undefined>
  /** Throws `already-exists` for a credential that is registered. */
  addPasskey(passkey: Passkey, change: ChangeBy): Promise<void>
  renamePasskey(personId: string, id: string, name: string, change: ChangeBy): Promise<boolean>
  removePasskey(personId: string, id: string, change: ChangeBy): Promise<boolean>
  /** False when the counter has not moved on: the key may have been copied (WebAuthn §6.1.1). */
  usePasskey(id: string, counter: number, at: number): Promise<boolean>
  /** Takes the place of the one before; the recovery codes are new as well. */
  setCodeApp(
    personId: string,
    app: CodeApp,
    recoveryHashes: readonly string[],
    change: ChangeBy,
  ): Promise<void>
  /** The recovery codes go with it. */
  removeCodeApp(personId: string, id: string, change: ChangeBy): Promise<boolean>
  useCodeStep(id: string, step: number): Promise<boolean>
  replaceRecoveryCodes(personId: string, hashes: readonly string[], change: ChangeBy): Promise<void>
  useRecoveryCode(personId: string, hash: string): Promise<boolean>
  /** Throws `invalid` for one that `checkPassword` has issues with. It need not be changed at the next sign-in. */
  setPassword(personId: string, password: string, change: ChangeBy): Promise<void>
  /** The same password with today's costs; nothing happens when it was changed meanwhile. */
  upgradePassword(personId: string, before: string, after: string): Promise<void>
  /** Takes the place of the one before. */
  setTemporaryPass(
    personId: string,
    pass: TemporaryPass,
    hash: string,
    change: ChangeBy,
  ): Promise<void>
  removeTemporaryPass(personId: string, id: string, change: ChangeBy): Promise<boolean>
  useTemporaryPass(personId: string, hash: string, now: number): Promise<boolean>
}
