import type { Issue } from '../../base/check.ts'

/** Who is to administer first. */
export interface FirstAdministrator {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly password: string
}

/** How a directory without administrator gets its first one; the directory implements it. */
export interface FirstAdministratorStore {
  /** A code of many bits that is good for so long; undefined when there is an administrator. The one before is void. */
  createCode(lifetimeSeconds: number): Promise<string | undefined>
  /** Whether a code could be used now, by whoever has one. */
  isOpen(): Promise<boolean>
  /** Uses the code up with the person made and given the role, all or nothing. */
  setUp(
    code: string,
    person: FirstAdministrator,
  ): Promise<
    | { readonly personId: string }
    | { readonly refused: 'wrong-code' }
    | { readonly issues: readonly Issue[] }
  >
}
