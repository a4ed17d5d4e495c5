/** The embedded provider's own records (codes, grants, sessions): key-value with expiry. Times in epoch seconds. */
export interface ProviderRecords {
  /** A session that was destroyed, or ended with its person's sign-ins, stays away: writing it again does nothing. */
  upsert(kind: string, id: string, payload: object, expiresInSeconds: number): Promise<void>
  find(kind: string, id: string): Promise<Record<string, unknown> | undefined>
  findByUid(kind: string, uid: string): Promise<Record<string, unknown> | undefined>
  consume(kind: string, id: string): Promise<void>
  destroy(kind: string, id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
  /** Forgets what expired before this epoch second; reads never return it anyway. */
  removeExpired(before: number): Promise<void>
}
