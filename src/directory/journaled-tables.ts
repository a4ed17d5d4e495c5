import type { Action } from './actions.ts'
import type { Tables } from './schema.ts'

/** A column whose value is a column of another table, by a foreign key or without one. */
export interface Reference {
  readonly column: string
  readonly table: JournaledName
  /** The column over there; `id` if unsaid. */
  readonly to?: string
  /** Counts only for rows that say so. */
  readonly where?: readonly [column: string, value: string]
}

/** A table whose rows are configuration: what the journal keeps of it, and what holds between its rows and others. */
export interface JournaledTable {
  readonly name: JournaledName
  readonly key: readonly string[]
  /** Whose change is a change of configuration; the key among them. */
  readonly columns: readonly string[]
  /** Kept with a row that goes, but changed by nobody's decision. */
  readonly carried: readonly string[]
  /** Columns that the journal never sees: secrets of people, and what is no configuration. */
  readonly unseen: readonly string[]
  /** What people know the row by: a column, a member of the JSON in `document`, or what its ids name. */
  readonly label: Label
  readonly unique: readonly (readonly string[])[]
  readonly references: readonly Reference[]
  /** What the audit trail calls it when a row comes, changes or goes. */
  readonly actions: readonly [created: Action, updated: Action, deleted: Action]
}

export type Label =
  | { readonly column: string }
  | { readonly member: string }
  | { readonly ids: readonly string[] }

export type JournaledName = keyof Pick<
  Tables,
  | ('connector_group' | 'connector' | 'application' | 'person' | 'person_group')
  | ('identity_provider' | 'membership' | 'nested_group' | 'federated_identity' | 'role_member')
  | ('assignment' | 'api_permission' | 'token_lifetime_policy' | 'application_token_lifetime')
  | ('application_owner' | 'group_owner' | 'certificate' | 'named_location' | 'access_policy')
>

const ownerReferences: readonly Reference[] = [
  { column: 'owner_id', table: 'person', where: ['owner_type', 'User'] },
  {
    ...{ column: 'owner_id', table: 'application', to: 'service_principal_id' },
    where: ['owner_type', 'ServicePrincipal'],
  },
]

/** Every table of configuration, those first that others refer to. */
export const journaledTables: readonly JournaledTable[] = [
  table('connector_group', ['id'], ['name', 'name_key', 'is_default', 'region'], {
    label: { column: 'name' },
    unique: [['name_key']],
    actions: ['connector-group.create', 'connector-group.update', 'connector-group.delete'],
  }),
  table('connector', ['id'], ['group_id', 'public_key', 'registered_at', 'drain_seconds'], {
    // What a connector says of itself whenever it dials in.
    carried: ['machine_name', 'external_ip', 'version', 'last_seen_at'],
    label: { column: 'machine_name' },
    unique: [['public_key']],
    references: [{ column: 'group_id', table: 'connector_group' }],
    actions: ['connector.enrol', 'connector.move', 'connector.delete'],
  }),
  table(
    'application',
    ['id'],
    [
      ...['app_id', 'service_principal_id', 'display_name', 'created_at', 'assignment_required'],
      ...['connector_group_id', 'document'],
    ],
    {
      unseen: ['changed_version'],
      label: { column: 'display_name' },
      references: [{ column: 'connector_group_id', table: 'connector_group' }],
      actions: ['application.create', 'application.update', 'application.delete'],
    },
  ),
  table('person', ['id'], ['user_principal_name', 'name_key', 'display_name', 'mail', 'enabled'], {
    unseen: ['password', 'must_change_password', 'password_changed_at', 'revoked_at'],
    label: { column: 'user_principal_name' },
    unique: [['name_key']],
    actions: ['person.create', 'person.update', 'person.delete'],
  }),
  table('person_group', ['id'], ['display_name', 'description', 'unique_name', 'unique_name_key'], {
    label: { column: 'display_name' },
    unique: [['unique_name_key']],
    actions: ['group.create', 'group.update', 'group.delete'],
  }),
  table('identity_provider', ['id'], ['created_at', 'document'], {
    label: { member: 'displayName' },
    actions: ['identity-provider.create', 'identity-provider.update', 'identity-provider.delete'],
  }),
  table('membership', ['group_id', 'person_id'], ['provider_id'], {
    label: { ids: ['person_id', 'group_id'] },
    references: [
      { column: 'group_id', table: 'person_group' },
      { column: 'person_id', table: 'person' },
      { column: 'provider_id', table: 'identity_provider' },
    ],
    actions: ['group.add-member', 'group.add-member', 'group.remove-member'],
  }),
  table('nested_group', ['group_id', 'member_group_id'], [], {
    label: { ids: ['member_group_id', 'group_id'] },
    references: [
      { column: 'group_id', table: 'person_group' },
      { column: 'member_group_id', table: 'person_group' },
    ],
    actions: ['group.add-member', 'group.add-member', 'group.remove-member'],
  }),
  table('federated_identity', ['issuer', 'subject'], ['person_id', 'names_person'], {
    label: { ids: ['subject', 'person_id'] },
    references: [{ column: 'person_id', table: 'person' }],
    actions: ['person.arrive', 'person.arrive', 'person.update'],
  }),
  table('role_member', ['role_id', 'person_id'], [], {
    label: { ids: ['person_id', 'role_id'] },
    references: [{ column: 'person_id', table: 'person' }],
    actions: ['role.add-member', 'role.add-member', 'role.remove-member'],
  }),
  table(
    'assignment',
    ['id'],
    ['application_id', 'principal_id', 'principal_type', 'app_role_id', 'created_at'],
    {
      label: { ids: ['principal_id', 'application_id'] },
      unique: [['application_id', 'principal_id', 'app_role_id']],
      references: [
        { column: 'application_id', table: 'application' },
        { column: 'principal_id', table: 'person', where: ['principal_type', 'User'] },
        { column: 'principal_id', table: 'person_group', where: ['principal_type', 'Group'] },
        {
          ...{ column: 'principal_id', table: 'application', to: 'service_principal_id' },
          where: ['principal_type', 'ServicePrincipal'],
        },
      ],
      actions: ['assignment.create', 'assignment.create', 'assignment.delete'],
    },
  ),
  table('application_owner', ['application_id', 'owner_id'], ['owner_type'], {
    label: { ids: ['owner_id', 'application_id'] },
    references: [{ column: 'application_id', table: 'application' }, ...ownerReferences],
    actions: ['application.add-owner', 'application.add-owner', 'application.remove-owner'],
  }),
  table('group_owner', ['group_id', 'owner_id'], ['owner_type'], {
    label: { ids: ['owner_id', 'group_id'] },
    references: [{ column: 'group_id', table: 'person_group' }, ...ownerReferences],
    actions: ['group.add-owner', 'group.add-owner', 'group.remove-owner'],
  }),
  table('api_permission', ['id'], ['principal_id', 'app_role_id', 'created_at'], {
    label: { ids: ['principal_id', 'app_role_id'] },
    unique: [['principal_id', 'app_role_id']],
    references: [{ column: 'principal_id', table: 'application', to: 'service_principal_id' }],
    actions: ['api-permission.create', 'api-permission.create', 'api-permission.delete'],
  }),
  table(
    'token_lifetime_policy',
    ['id'],
    ['display_name', 'definition', 'is_organization_default', 'lifetime_seconds'],
    {
      label: { column: 'display_name' },
      actions: [
        ...(['token-lifetime-policy.create', 'token-lifetime-policy.update'] as const),
        'token-lifetime-policy.delete',
      ],
    },
  ),
  table('application_token_lifetime', ['application_id'], ['policy_id'], {
    label: { ids: ['policy_id', 'application_id'] },
    references: [
      { column: 'application_id', table: 'application' },
      { column: 'policy_id', table: 'token_lifetime_policy' },
    ],
    actions: [
      'application.assign-token-lifetime-policy',
      'application.assign-token-lifetime-policy',
      'application.remove-token-lifetime-policy',
    ],
  }),
  table(
    'certificate',
    ['thumbprint'],
    [
      ...['source', 'subject_name', 'issuer_name', 'names', 'not_before', 'not_after', 'chain'],
      ...['sealed_key', 'created_at'],
    ],
    {
      label: { column: 'subject_name' },
      actions: ['certificate.create', 'certificate.create', 'certificate.delete'],
    },
  ),
  table('named_location', ['id'], ['created_at', 'document'], {
    label: { member: 'displayName' },
    actions: ['named-location.create', 'named-location.update', 'named-location.delete'],
  }),
  table('access_policy', ['id'], ['created_at', 'document'], {
    label: { member: 'displayName' },
    actions: ['access-policy.create', 'access-policy.update', 'access-policy.delete'],
  }),
]

const byName = new Map(journaledTables.map((each) => [each.name, each]))

/** What is known of the table of this name. */
export function journaledTable(name: JournaledName): JournaledTable {
  const found = byName.get(name)
  if (!found) throw new Error(`${name} is not journaled`)
  return found
}

function table(
  name: JournaledName,
  key: readonly string[],
  others: readonly string[],
  more: Pick<JournaledTable, 'actions' | 'label'> & Partial<JournaledTable>,
): JournaledTable {
  const none = { carried: [], unseen: [], unique: [], references: [] }
  return { ...none, name, key, columns: [...key, ...others], ...more }
}
