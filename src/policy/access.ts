/** Who may enter which application: application id → person ids. Compiled with a snapshot. */
export interface Access {
  readonly assigned: ReadonlyMap<string, ReadonlySet<string>>
  /** Applications that let in everyone who can sign in. */
  readonly openToAll: ReadonlySet<string>
}

export type AccessRefusal = { readonly code: 'not-assigned'; readonly applicationId: string }

export type AccessVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: AccessRefusal }

/** May this person enter this application? Assignment only; conditions come on top. [S8] */
export function authorize(access: Access, applicationId: string, personId: string): AccessVerdict {
  if (access.openToAll.has(applicationId)) return { allowed: true }
  if (access.assigned.get(applicationId)?.has(personId)) return { allowed: true }
  return { allowed: false, because: { code: 'not-assigned', applicationId } }
}
