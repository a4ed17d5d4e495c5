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

/** What the directory itself knows about people besides. */
export interface KnownPeople extends PeopleStore {
  identitiesOf(id: string): Promise<PersonIdentities>
}

/** Who vouches for a person: the embedded provider, by a password or because nobody else does, and external ones. */
export interface PersonIdentities {
  readonly isLocal: boolean
  readonly federated: readonly { readonly issuer: string; readonly subject: string }[]
}

export const principalNameMaxLength = 113 + 1 + 255

/** A user name: the characters that the original takes, and the plus sign that many mail systems know. */
export const principalNamePattern = /^[A-Za-z0-9'._!#^~+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/
