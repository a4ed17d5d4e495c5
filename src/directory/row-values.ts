import type { StoredCertificate } from '../certificates/stored.ts'
import type { Person } from '../identity/person.ts'
import type { IdentityProvider } from '../identity/relying-party/identity-provider.ts'
import type { AccessPolicy, NamedLocation } from '../policy/access-policy.ts'
import type { TokenLifetimePolicy } from '../policy/token-lifetime.ts'
import type { Application } from '../publishing/application.ts'
import { toApplication } from './application-rows.ts'
import { toAssignment } from './assignments.ts'
import { toCertificate } from './certificates.ts'
import { toApiPermission } from './clients.ts'
import { toConnectorGroup } from './connector-groups.ts'
import { toConnector } from './connectors.ts'
import type { ApiPermission, Assignment, Connector, ConnectorGroup, Group } from './directory.ts'
import { toGroup } from './groups.ts'
import { toIdentityProvider } from './identity-providers.ts'
import type { JournaledName } from './journaled-tables.ts'
import { toPerson } from './people.ts'
import { fromPolicyRow } from './policy-rows.ts'
import type { RowImage } from './revision.ts'
import type { Tables } from './schema.ts'
import { toTokenLifetimePolicy } from './token-lifetimes.ts'

/** What the row of each table of configuration says, in the words of the rest of the product. */
export interface RowValues {
  readonly connector_group: ConnectorGroup
  readonly connector: Connector
  readonly application: Application
  readonly person: Person
  readonly person_group: Group
  readonly identity_provider: IdentityProvider
  readonly membership: { readonly groupId: string; readonly memberId: string }
  readonly nested_group: { readonly groupId: string; readonly memberId: string }
  readonly federated_identity: { readonly issuer: string; readonly personId: string }
  readonly role_member: { readonly roleId: string; readonly memberId: string }
  readonly assignment: Assignment
  readonly application_owner: { readonly applicationId: string; readonly ownerId: string }
  readonly group_owner: { readonly groupId: string; readonly ownerId: string }
  readonly api_permission: ApiPermission
  readonly token_lifetime_policy: TokenLifetimePolicy
  readonly application_token_lifetime: { readonly applicationId: string; readonly policyId: string }
  readonly certificate: StoredCertificate
  readonly named_location: NamedLocation
  readonly access_policy: AccessPolicy
}

// Columns that the journal never sees are read by none of these.
type Row<Name extends JournaledName> = Tables[Name]

const readers: { readonly [Name in JournaledName]: (row: Row<Name>) => RowValues[Name] } = {
  connector_group: toConnectorGroup,
  connector: toConnector,
  application: toApplication,
  person: toPerson,
  person_group: toGroup,
  identity_provider: toIdentityProvider,
  membership: (row) => ({ groupId: row.group_id, memberId: row.person_id }),
  nested_group: (row) => ({ groupId: row.group_id, memberId: row.member_group_id }),
  federated_identity: (row) => ({ issuer: row.issuer, personId: row.person_id }),
  role_member: (row) => ({ roleId: row.role_id, memberId: row.person_id }),
  assignment: toAssignment,
  application_owner: (row) => ({ applicationId: row.application_id, ownerId: row.owner_id }),
  group_owner: (row) => ({ groupId: row.group_id, ownerId: row.owner_id }),
  api_permission: toApiPermission,
  token_lifetime_policy: toTokenLifetimePolicy,
  application_token_lifetime: (row) => ({
    applicationId: row.application_id,
    policyId: row.policy_id,
  }),
  certificate: toCertificate,
  named_location: fromPolicyRow<NamedLocation>,
  access_policy: fromPolicyRow<AccessPolicy>,
}

/** What a row of this table says. */
export function readRow<Name extends JournaledName>(table: Name, image: RowImage): RowValues[Name] {
  return readers[table](image as unknown as Row<Name>) // the journal keeps what the readers read
}
