import { type PolicyReview, spokenParts } from './entra-review.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'

/** What a policy asks for; undefined when nothing that it asked for is known here, which is told. */
export function convertControls(policy: Resource, review: PolicyReview): Resource | undefined {
  const grant = convertGrant(spokenParts(policy['grantControls']), review)
  if (grant === null) return undefined
  const isBlocked = wordsAt(grant, 'builtInControls').includes('block')
  const session = convertSession(spokenParts(policy['sessionControls']), review)
  const asksNothing = grant === undefined && Object.keys(session).length === 0
  if (asksNothing) return review.left('grantControls', 'nothing that it asks for is known here')
  return {
    ...(grant && { grantControls: grant }),
    // Whoever is not let in has no session.
    ...(!isBlocked && Object.keys(session).length > 0 && { sessionControls: session }),
  }
}

/** One thing that is asked for: what it is here, and whether that is as much. */
interface Control {
  readonly path: string
  readonly name: string
  readonly here: 'mfa' | 'block' | undefined
  readonly isLess: boolean
}

/** The strength that asks for any second factor, by its id everywhere. */
const anySecondFactor = '00000000-0000-0000-0000-000000000002'

function controlsOf(said: Resource): readonly Control[] {
  const builtIn = wordsAt(said, 'builtInControls').map((name): Control => {
    const here = name === 'mfa' || name === 'block' ? name : undefined
    return { path: 'grantControls/builtInControls', name, here, isLess: false }
  })
  const others = ['customAuthenticationFactors', 'termsOfUse'].flatMap((name): Control[] =>
    wordsAt(said, name).length === 0
      ? []
      : [{ path: `grantControls/${name}`, name, here: undefined, isLess: false }],
  )
  return [...builtIn, ...strengthOf(said), ...others]
}

function strengthOf(said: Resource): readonly Control[] {
  const strength = said['authenticationStrength']
  if (strength === undefined) return []
  const path = 'grantControls/authenticationStrength'
  const id = textAt(strength, 'id')
  const name = textAt(strength, 'displayName') || `the strength ${id}`
  const isFactor = textAt(strength, 'requirementsSatisfied') !== 'none'
  const here = isFactor ? 'mfa' : undefined
  return [{ path, name, here, isLess: id !== anySecondFactor }]
}

/** Null when it asked for something, and nothing of it is known here. */
function convertGrant(said: Resource, review: PolicyReview): Resource | undefined | null {
  const controls = controlsOf(said)
  if (controls.length === 0) return undefined
  const isAll = textAt(said, 'operator').toUpperCase() === 'AND'
  const unknown = controls.filter(({ here }) => here === undefined)
  if (unknown.length === controls.length) {
    const names = controls.map(({ name }) => name).join(', ')
    review.left('grantControls', `${names} cannot be asked for here`)
    return null
  }
  for (const { path, name } of unknown) {
    if (isAll) review.laxer(path, `${name} cannot be asked for here`)
    // One way less to fulfil it makes it stricter.
    else review.changed(path, `${name} is no way of fulfilling it here; the others are`)
  }
  for (const { path, name } of controls.filter(({ here, isLess }) => here && isLess)) {
    review.laxer(path, `of ${name} only mfa, any second factor, can be asked for here`)
  }
  const builtInControls = [...new Set(controls.flatMap(({ here }) => here ?? []))]
  return { operator: isAll ? 'AND' : 'OR', builtInControls }
}

const always = 'holds always here'

/** What may be left out of session controls without a loss. */
const needless: Readonly<Record<string, string>> = {
  applicationEnforcedRestrictions: 'is known to Exchange and SharePoint alone',
  continuousAccessEvaluation: always,
  disableResilienceDefaults: always,
}

const lost: Readonly<Record<string, string>> = {
  cloudAppSecurity: 'there is no Defender for Cloud Apps here',
  secureSignInSession: 'sessions are not bound to devices here',
}

function convertSession(said: Resource, review: PolicyReview): Resource {
  const { signInFrequency, persistentBrowser, ...others } = said
  for (const name of Object.keys(others)) {
    const path = `sessionControls/${name}`
    const reason = needless[name]
    if (reason !== undefined) review.changed(path, `${name} ${reason}`)
    else review.laxer(path, lost[name] ?? 'is no session control that the edge knows')
  }
  const frequency =
    signInFrequency === undefined ? undefined : convertFrequency(signInFrequency, review)
  const mode = textAt(persistentBrowser, 'mode').toLowerCase()
  return {
    ...(frequency && { signInFrequency: frequency }),
    ...((mode === 'always' || mode === 'never') && {
      persistentBrowser: { mode, isEnabled: true },
    }),
  }
}

function convertFrequency(from: unknown, review: PolicyReview): Resource | undefined {
  const path = 'sessionControls/signInFrequency'
  if (/^secondary/i.test(textAt(from, 'authenticationType'))) {
    review.changed(path, 'the whole sign-in is asked for again, not the second factor alone')
  }
  const shared = { isEnabled: true, authenticationType: 'primaryAndSecondaryAuthentication' }
  if (textAt(from, 'frequencyInterval').toLowerCase() === 'everytime') {
    return { ...shared, frequencyInterval: 'everyTime' }
  }
  const type = textAt(from, 'type').toLowerCase()
  const value = Number(textAt(from, 'value'))
  if ((type === 'hours' || type === 'days') && Number.isInteger(value) && value > 0) {
    return { ...shared, frequencyInterval: 'timeBased', type, value }
  }
  review.laxer(path, 'how often is not said in a way that is known here')
  return undefined
}
