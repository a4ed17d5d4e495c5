import { z } from 'zod'
import { clientKinds, grantControls, platforms } from '../../policy/access-policy.ts'
import { maxNamed } from '../../policy/validate.ts'
import { guid, nameOf, readOnly } from './body.ts'

const maxNameLength = 256

/** The original's word among app ids for where administrators work. */
export const adminPortalsWord = 'MicrosoftAdminPortals'

/** A part of the original that decides something here cannot: it may be there, but it must say nothing. [S8] */
function unsupported(why: string) {
  const saysNothing = (value: unknown) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0)
  return z.unknown().refine(saysNothing, `is not supported: ${why}`).optional()
}

// `All` besides a name would swallow it, `None` deny it.
const alone: ReadonlySet<string> = new Set(['All', 'None', 'all'])

/** A list of ids and of these words; null empties it. */
function ids(...words: readonly string[]) {
  const wanted = words.length > 0 ? `a GUID or ${words.join(', ')}` : 'a GUID'
  const element = z
    .string()
    .refine((text) => words.includes(text) || guid.safeParse(text).success, `must be ${wanted}`)
    .transform((text) => (words.includes(text) ? text : text.toLowerCase()))
  return listOf(element)
}

function listOf<Value>(element: z.ZodType<Value>) {
  return z
    .array(element)
    .max(maxNamed)
    .refine((list) => new Set(list).size === list.length, 'must not say anything twice')
    .refine(
      (list) => list.length < 2 || !list.some((value) => alone.has(String(value))),
      'must hold nothing besides All, all or None',
    )
    .nullish()
    .transform((list) => (list === null ? [] : list))
}

const devices = 'devices are not known to the edge'
const risks = 'there is no risk detection'
const workloads = 'policies are about people'

const users = z.strictObject({
  includeUsers: ids('All', 'None'),
  excludeUsers: ids(),
  includeGroups: ids(),
  excludeGroups: ids(),
  includeRoles: ids(),
  excludeRoles: ids(),
  includeGuestsOrExternalUsers: unsupported('there are no guests'),
  excludeGuestsOrExternalUsers: unsupported('there are no guests'),
})

const applications = z.strictObject({
  includeApplications: ids('All', 'None', adminPortalsWord),
  excludeApplications: ids(adminPortalsWord),
  includeUserActions: unsupported('policies are about applications'),
  includeAuthenticationContextClassReferences: unsupported('policies are about applications'),
  applicationFilter: unsupported('applications have no attributes to filter by'),
  networkAccess: unsupported('policies are about applications'),
  globalSecureAccess: unsupported('policies are about applications'),
})

const locations = z.strictObject({
  includeLocations: ids('All', 'AllTrusted'),
  excludeLocations: ids('AllTrusted'),
})

const platformList = listOf(z.enum(platforms))
const platformChoice = z.strictObject({
  includePlatforms: listOf(z.enum(['all', ...platforms])),
  excludePlatforms: platformList,
})

const conditions = z.strictObject({
  users: users.optional(),
  applications: applications.optional(),
  locations: locations.nullish(),
  platforms: platformChoice.nullish(),
  clientAppTypes: listOf(z.enum(['all', ...clientKinds])),
  clientApplications: unsupported(workloads),
  servicePrincipalRiskLevels: unsupported(risks),
  agentIdRiskLevels: unsupported(risks),
  signInRiskLevels: unsupported(risks),
  userRiskLevels: unsupported(risks),
  insiderRiskLevels: unsupported(risks),
  devices: unsupported(devices),
  deviceStates: unsupported(devices),
  clients: unsupported('clients are told apart by clientAppTypes'),
  times: unsupported('policies hold at any time'),
  authenticationFlows: unsupported('flows are not told apart'),
})

const grant = z.strictObject({
  operator: z.enum(['AND', 'OR']).optional(),
  builtInControls: listOf(
    z.enum(grantControls, 'must be block or mfa; no other control is supported'),
  ),
  customAuthenticationFactors: unsupported('there are no custom factors'),
  termsOfUse: unsupported('there are no terms of use'),
  authenticationStrength: unsupported('use the built-in control mfa'),
})

const maxHours = 8_760
const maxDays = 365

const signInFrequency = z
  .strictObject({
    isEnabled: z.boolean().nullish(),
    frequencyInterval: z.enum(['timeBased', 'everyTime']).nullish(),
    type: z.enum(['hours', 'days']).nullish(),
    value: z.int().nullish(),
    authenticationType: z
      .literal(
        'primaryAndSecondaryAuthentication',
        'must be primaryAndSecondaryAuthentication: a second factor alone is not asked for again',
      )
      .nullish(),
  })
  .superRefine((sent, context) => {
    if (sent.isEnabled === false) return
    const everyTime = sent.frequencyInterval === 'everyTime'
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (everyTime) {
      if (typeof sent.value === 'number') say('value', 'must be null when it is every time')
      if (typeof sent.type === 'string') say('type', 'must be null when it is every time')
      return
    }
    const max = sent.type === 'days' ? maxDays : maxHours
    const { value } = sent
    if (!sent.type) say('type', 'must be hours or days')
    if (typeof value !== 'number' || value < 1 || value > max) {
      say('value', `must be from 1 to ${max}`)
    }
  })

const persistentBrowser = z.strictObject({
  isEnabled: z.boolean().nullish(),
  mode: z.enum(['always', 'never']),
})

const session = z.strictObject({
  signInFrequency: signInFrequency.nullish(),
  persistentBrowser: persistentBrowser.nullish(),
  continuousAccessEvaluation: z
    .strictObject({
      mode: z.literal(
        'strictEnforcement',
        'must be strictEnforcement: every request is evaluated, always',
      ),
    })
    .nullish(),
  applicationEnforcedRestrictions: unsupported('applications enforce nothing for the edge'),
  cloudAppSecurity: unsupported('there is no Defender for Cloud Apps'),
  disableResilienceDefaults: z
    .literal(true, 'must be true: there are no resilience defaults')
    .nullish(),
  secureSignInSession: unsupported(devices),
  networkAccessSecurity: unsupported('there is no Global Secure Access'),
  globalSecureAccessFilteringProfile: unsupported('there is no Global Secure Access'),
})

const optional = {
  conditions: conditions.optional(),
  grantControls: grant.nullish(),
  sessionControls: session.nullish(),
  templateId: z.string().max(64).nullish(),
  description: unsupported('the original does not use it either'),
  partialEnablementStrategy: unsupported('a policy is on or off'),
  ...{ id: readOnly, createdDateTime: readOnly, modifiedDateTime: readOnly },
  deletedDateTime: readOnly,
}

const state = z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced'])

/** What `POST …/policies` takes. */
export const newPolicyBody = z.strictObject({
  ...optional,
  displayName: nameOf(maxNameLength),
  state,
  conditions,
})

/** What `PATCH …/policies/{id}` takes. */
export const policyBody = z.strictObject({
  ...optional,
  displayName: nameOf(maxNameLength).optional(),
  state: state.optional(),
})

export type PolicyBody = z.output<typeof policyBody>
