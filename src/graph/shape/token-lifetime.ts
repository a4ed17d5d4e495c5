import { z } from 'zod'
import type { TokenLifetimePolicy } from '../../policy/token-lifetime.ts'
import type { Collection } from '../collection.ts'
import { tokenLifetimePolicy } from '../resource/applications.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { nameOf, readOnly } from './body.ts'

/** A token lifetime policy in Graph's shape. */
export function toGraphTokenLifetimePolicy(policy: TokenLifetimePolicy) {
  const { id, displayName, definition, isOrganizationDefault } = policy
  // Ours are never deleted softly.
  return {
    id,
    deletedDateTime: null,
    definition: [...definition],
    displayName,
    isOrganizationDefault,
  }
}

export const tokenLifetimePolicyCollection: Collection<TokenLifetimePolicy> = {
  context: 'policies/tokenLifetimePolicies',
  properties: propertiesOf(tokenLifetimePolicy),
  fields: {
    id: (policy) => policy.id,
    displayName: (policy) => policy.displayName,
    isOrganizationDefault: (policy) => policy.isOrganizationDefault,
  },
  write: toGraphTokenLifetimePolicy,
}

// The longest definition that says something is 60 characters.
const definitionMaxLength = 2048
const definition = z.array(z.string().max(definitionMaxLength)).max(10)
const displayName = nameOf(256)

/** What `POST /policies/tokenLifetimePolicies` takes; what the definition says is for the directory to judge. */
export const newTokenLifetimePolicyBody = z.strictObject({
  definition,
  displayName,
  isOrganizationDefault: z.boolean().default(false),
  id: readOnly,
  deletedDateTime: readOnly,
})

/** What `PATCH /policies/tokenLifetimePolicies/{id}` takes. */
export const tokenLifetimePolicyBody = z.strictObject({
  definition: definition.optional(),
  displayName: displayName.optional(),
  isOrganizationDefault: z.boolean().optional(),
  id: readOnly,
  deletedDateTime: readOnly,
})

/** The policy with what was sent. */
export function mergeTokenLifetimePolicy(
  sent: z.output<typeof tokenLifetimePolicyBody>,
  current: TokenLifetimePolicy,
): TokenLifetimePolicy {
  return {
    ...current,
    definition: sent.definition ?? current.definition,
    displayName: sent.displayName ?? current.displayName,
    isOrganizationDefault: sent.isOrganizationDefault ?? current.isOrganizationDefault,
  }
}
