import { z } from 'zod'
import { type JsonSchema, jsonSchemaOf } from '../openapi-schema.ts'
import { policyBody } from '../shape/access-policy-body.ts'
import { publishedApplicationBody } from '../shape/application.ts'
import { connectorGroupBody } from '../shape/connector.ts'
import { groupBody } from '../shape/group.ts'
import { providerBody } from '../shape/identity-provider.ts'
import { locationBody } from '../shape/named-location.ts'
import { userBody } from '../shape/person.ts'
import { tokenLifetimePolicyBody } from '../shape/token-lifetime.ts'
import { applicationParts } from './applications.ts'
import { type Section, sections } from './document.ts'
import { groupMembers, roleMembers } from './members.ts'

const required = z.object({
  resource: z.string(),
  resourceAccess: z.array(z.looseObject({ id: z.string(), type: z.string() })).optional(),
})
const mapping = z.strictObject({ claimValue: z.string(), group: z.string() })

// What of the API's own shapes is somebody else's affair, or says nothing in a document.
const nothing = { keyCredentials: true, createdDateTime: true, deletedDateTime: true } as const

const application = publishedApplicationBody
  .omit({ ...nothing, api: true, applicationTemplateId: true, signInAudience: true })
  .extend({ ...applicationParts.shape, id: z.string(), appId: z.string() })
  .extend({ requiredResourceAccess: z.array(required) })

/** How one resource of each part is written: the shapes that read it, with names in the place of ids. */
const items: Readonly<Record<Section, { readonly shape: z.ZodType; readonly name: string }>> = {
  connectorGroups: {
    shape: connectorGroupBody.extend({ id: z.string(), isDefault: z.boolean() }),
    name: 'name',
  },
  users: { shape: userBody.omit({ passwordProfile: true }), name: 'userPrincipalName' },
  groups: { shape: groupBody.extend(groupMembers.shape), name: 'displayName' },
  namedLocations: { shape: locationBody, name: 'displayName' },
  tokenLifetimePolicies: { shape: tokenLifetimePolicyBody, name: 'displayName' },
  identityProviders: {
    shape: providerBody.extend({ groupMappings: z.array(mapping) }),
    name: 'displayName',
  },
  applications: { shape: application, name: 'displayName' },
  conditionalAccessPolicies: { shape: policyBody, name: 'displayName' },
  directoryRoles: { shape: roleMembers, name: 'displayName' },
}

/** The JSON Schema of a configuration document, for editors and for whoever writes one: names of properties and their values. [G6] */
export function describeDocument(): JsonSchema {
  const parts = sections.map((section) => {
    const { shape, name } = items[section]
    return [section, { type: 'array', items: itemSchema(jsonSchemaOf(shape, 'input'), name) }]
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Sallyport',
    type: 'object',
    additionalProperties: false,
    properties: { version: { const: 1 }, ...Object.fromEntries(parts) },
  }
}

/** An item may leave out everything but its name: what it does not say stays as it is. */
function itemSchema(schema: JsonSchema, name: string): JsonSchema {
  const choices = schema['anyOf']
  if (Array.isArray(choices)) return { anyOf: choices.map((each) => itemSchema(each, name)) }
  return { ...schema, required: [name] }
}
