import { randomUUID } from 'node:crypto'
import { renderSVG } from 'uqr'
import { type Html, html } from '../../http/page.ts'
import type { Person } from '../person.ts'
import type { ChangeBy } from './authenticators.ts'
import { codeAppUri, createCodeSecret, findStep, toBase32 } from './one-time-codes.ts'
import { codeSecretUse, recoveryUse } from './second-step.ts'
import type { LocalParts } from './turn.ts'
import { createRecoveryCodes } from './vault.ts'

/** What the page of a new app shows, and the secret as it is kept until the first code has proven it. */
export interface NewCodeApp {
  readonly secret: string
  readonly picture: Html
  readonly sealed: string
}

/** A new secret, or the one that is being set up: a page that is shown again keeps its picture. */
export function beginCodeApp(
  { vault, party }: LocalParts,
  person: Person,
  sealedBefore: string | undefined,
): NewCodeApp {
  const use = newSecretUse(person.id)
  const known = sealedBefore === undefined ? undefined : vault.open(use, sealedBefore)
  const secret = known ?? createCodeSecret()
  const uri = codeAppUri(secret, party.name, person.userPrincipalName)
  return {
    secret: toBase32(secret),
    // The library writes nothing but squares; the address is not in it as text.
    picture: html`${{ markup: labelled(renderSVG(uri, { pixelSize: 4, border: 4 })) }}`,
    sealed: sealedBefore !== undefined && known ? sealedBefore : vault.seal(use, secret),
  }
}

/** Keeps the app when the code is right; gives the recovery codes that came with it, to be shown once. */
export async function confirmCodeApp(
  { vault, authenticators, clock }: LocalParts,
  person: Person,
  sealed: string | undefined,
  typed: string,
): Promise<readonly string[] | undefined> {
  const secret = sealed === undefined ? undefined : vault.open(newSecretUse(person.id), sealed)
  const lastStep = secret && findStep(secret, typed, clock())
  if (!secret || lastStep === undefined) return undefined
  const codes = createRecoveryCodes()
  await authenticators.setCodeApp(
    person.id,
    {
      id: randomUUID(),
      sealedSecret: vault.seal(codeSecretUse(person.id), secret),
      lastStep,
      createdAt: clock(),
    },
    codes.map((code) => vault.hash(recoveryUse, code)),
    byPerson(person, 'set up an app for codes'),
  )
  return codes
}

/** Ten new recovery codes in place of the old ones. */
export async function renewRecoveryCodes(
  { vault, authenticators }: LocalParts,
  person: Person,
): Promise<readonly string[]> {
  const codes = createRecoveryCodes()
  const hashes = codes.map((code) => vault.hash(recoveryUse, code))
  await authenticators.replaceRecoveryCodes(
    person.id,
    hashes,
    byPerson(person, 'made new recovery codes'),
  )
  return codes
}

/** What people do to their own account, for the audit trail. */
export function byPerson(person: Person, reason: string): ChangeBy {
  return { author: person.userPrincipalName, reason }
}

function newSecretUse(personId: string): string {
  return `new code app/1 ${personId}`
}

function labelled(svg: string): string {
  return svg.replace('<svg ', '<svg role="img" aria-label="QR code for the authenticator app" ')
}
