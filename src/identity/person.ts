/** Somebody the directory knows. */
export interface Person {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly mail: string | undefined
  readonly enabled: boolean
}

/** What the embedded provider and the relying party ask of the directory about people. */
export interface PeopleStore {
  byId(id: string): Promise<Person | undefined>
  byUserPrincipalName(name: string): Promise<Person | undefined>
  /** The stored argon2id verifier (PHC string) of a local person. */
  passwordOf(id: string): Promise<string | undefined>
}
