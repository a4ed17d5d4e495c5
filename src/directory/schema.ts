import type { Generated } from 'kysely'
import type { Activity } from './activity.ts'

/**
 * The tables as SQL holds them. Only types that every dialect has alike: text, integer, bigint. Times are epoch
 * milliseconds (epoch seconds in provider_record), booleans 0 or 1, documents JSON text.
 */
export interface Tables {
  /** One row: the version of the directory, and those that last changed who may enter what, certificates, and policies. */
  revision: {
    id: number
    version: number
    access_version: number
    certificate_version: number
    policy_version: number
  }
  application: ApplicationRow
  connector_group: {
    id: string
    name: string
    /** `name` folded for comparison; unique. */
    name_key: string
    is_default: number
    region: string | null
  }
  connector: {
    id: string
    group_id: string
    machine_name: string
    external_ip: string
    version: string
    public_key: string
    registered_at: number
    /** NULL while it is in service. */
    drain_seconds: number | null
    last_seen_at: number | null
  }
  enrolment_token: {
    /** SHA-256 of the secret, base64url. */
    hash: string
    group_id: string
    expires_at: number
    used_at: number | null
    /** The connector that it made. */
    connector_id: string | null
  }
  person: PersonRow
  person_group: {
    id: string
    display_name: string
    description: string | null
    unique_name: string | null
    /** `unique_name` folded for comparison; unique. */
    unique_name_key: string | null
  }
  /** `provider_id`: the identity provider that decides about it; NULL when the administrator does. */
  membership: { group_id: string; person_id: string; provider_id?: string | null }
  nested_group: { group_id: string; member_group_id: string }
  identity_provider: { id: string; created_at: number; document: string }
  federated_identity: {
    issuer: string
    subject: string
    person_id: string
    /** The provider brought the person along, and says what they are called. */
    names_person: number
  }
  assignment: AssignmentRow
  application_owner: { application_id: string } & OwnerColumns
  group_owner: { group_id: string } & OwnerColumns
  api_permission: { id: string; principal_id: string; app_role_id: string; created_at: number }
  session: SessionRow
  /** Sessions that ended before their time, a while ago at most: for processes that have to catch up. */
  ended_session: { id: string; ended_at: number }
  failure_count: { id: string; failures: number; reset_at: number }
  provider_record: {
    kind: string
    id: string
    uid: string | null
    grant_id: string | null
    /** Whose it is, where it is somebody's. */
    account_id: string | null
    payload: string
    expires_at: number
    consumed_at: number | null
  }
  passkey: {
    id: string
    person_id: string
    name: string
    public_key: string
    counter: number
    /** Separated by spaces. */
    transports: string
    backed_up: number
    created_at: number
    last_used_at: number | null
  }
  code_app: {
    person_id: string
    id: string
    sealed_secret: string
    last_step: number
    created_at: number
  }
  /** Those that are not used yet. */
  recovery_code: { person_id: string; hash: string }
  temporary_pass: {
    person_id: string
    id: string
    hash: string
    created_at: number
    starts_at: number
    expires_at: number
    usable_once: number
    used_at: number | null
  }
  browser_sign_in: {
    /** The provider session's `uid`. */
    id: string
    person_id: string
    /** What sessions at the edge refer to. */
    provider_session_id: string | null
    user_agent: string
    address: string
    signed_in_at: number
    last_seen_at: number
    expires_at: number
  }
  role_member: { role_id: string; person_id: string }
  /** SHA-256 of the secret, base64url. */
  set_up_code: { hash: string; expires_at: number }
  cors_refusal: CorsRefusalRow
  sign_in: { id: string; at: number; document: string }
  /** Tokens that count once, by a hash of who made them and their id. */
  spent_token: { id: string; forget_at: number }
  token_lifetime_policy: {
    id: string
    display_name: string
    /** JSON: what was written. */
    definition: string
    is_organization_default: number
    /** What the definition says. */
    lifetime_seconds: number
  }
  application_token_lifetime: { application_id: string; policy_id: string }
  certificate: CertificateRow
  access_policy: PolicyRow
  named_location: PolicyRow
  acme_account: { directory_url: string; url: string; sealed_key: string }
  acme_host: {
    host: string
    failures: number
    next_attempt_at: number
    last_error: string | null
    /** Epoch milliseconds until which one process is at work on it. */
    claimed_until: number
  }
  acme_challenge: { host: string; token: string; key_authorization: string; expires_at: number }
  audit: {
    version: number
    at: number
    author: string
    reason: string
    action: string
    target_id: string
    before: string
    after: string
    /** The first version of the change that it belongs to. */
    revision: number
    /** The revision that this change took back. */
    rollback_of: number | null
  }
  /** What administrators did that changed nothing. */
  activity: {
    id: string
    at: number
    author: string
    reason: string
    action: Activity['action']
    target_id: string
    details: string
  }
  /** Rows of configuration as they were before and after a change, as JSON; written by the database itself. */
  journal: {
    sequence: Generated<number>
    /** The revision. */
    version: number
    table_name: string
    /** JSON: the key's columns in a list. */
    row_key: string
    label: string | null
    before: string | null
    after: string | null
  }
}

export interface ApplicationRow {
  id: string
  app_id: string
  service_principal_id: string
  display_name: string
  created_at: number
  assignment_required: number
  connector_group_id: string | null
  /** The directory version that wrote this row. */
  changed_version: number
  /** The rest of the application. */
  document: string
}

export interface PersonRow {
  id: string
  user_principal_name: string
  /** `user_principal_name` folded for comparison; unique. */
  name_key: string
  display_name: string
  mail: string | null
  enabled: number
  /** PHC string; never leaves this table but through `passwordOf`. */
  password: string | null
  /** A new one is asked for at the next sign-in. */
  must_change_password: Generated<number>
  /** NULL when it was not written down. */
  password_changed_at: number | null
  /** When everything that they had signed in to was ended: epoch milliseconds. */
  revoked_at: number | null
}

export interface AssignmentRow {
  id: string
  application_id: string
  principal_id: string
  principal_type: 'User' | 'Group' | 'ServicePrincipal'
  app_role_id: string
  created_at: number
}

interface OwnerColumns {
  owner_id: string
  owner_type: 'User' | 'ServicePrincipal'
}

export interface SessionRow {
  id: string
  person_id: string
  user_principal_name: string
  display_name: string
  application_id: string
  provider_id: string
  provider_session_id: string | null
  created_at: number
  expires_at: number
  authenticated_at: number
  /** JSON. */
  amr: string
  acr: string | null
  /** JSON. */
  claims: string
  /** Never read with the rest of the row; NULL in rows of an older Sallyport. */
  sealed_tokens: string | null
  verified_at: number
  refreshable: number
  seen_at: number
  /** Epoch milliseconds until which one process renews it. */
  renewal_until: number | null
  /** Since when the refresh token may have been used. */
  refresh_sent_at: number | null
}

export interface CorsRefusalRow {
  application_id: string
  /** Empty: the application itself. */
  segment_id: string
  origin: string
  method: string
  /** Names that a preflight asked for, joined by commas. */
  headers: string
  code: string
  /** Empty when there was no rule. */
  rule_id: string
  mode: 'enforce' | 'dryRun'
  count: number
  first_at: number
  last_at: number
}

/** A conditional access policy or a named location. */
export interface PolicyRow {
  id: string
  created_at: number
  /** The rest of it. */
  document: string
}

export interface CertificateRow {
  thumbprint: string
  source: 'upload' | 'acme'
  subject_name: string
  issuer_name: string
  /** JSON. */
  names: string
  not_before: number
  not_after: number
  chain: string
  /** Never leaves the database in clear. */
  sealed_key: string
  created_at: number
}

/** A name as it is compared: `Ann@Contoso.net` and `ann@contoso.net` are one. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
