import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { IdentityProvider } from '../api/types.ts'
import { siblingHost } from '../parts/addresses.ts'
import { changedFields } from '../parts/changed-fields.ts'
import { Copyable } from '../parts/copyable.tsx'
import { ChoiceField, SwitchField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { providersPath } from './providers-path.ts'

interface ProviderBladeProps {
  /** Undefined: a new one. */
  readonly provider: IdentityProvider | undefined
  readonly onClose: () => void
}

type Fields = Pick<
  IdentityProvider,
  | 'displayName'
  | 'metadataUrl'
  | 'clientId'
  | 'scope'
  | 'groupsClaim'
  | 'rolesClaim'
  | 'isDefault'
  | 'isJustInTimeProvisioningEnabled'
  | 'linkExistingUsers'
> & { readonly id: string; readonly clientSecret: string }

const shown = ['id', 'displayName', 'metadataUrl', 'issuer', 'clientId', 'clientSecret', 'scope']

/** An OpenID Connect provider, new or as it is. */
export function ProviderBlade({ provider, onClose }: ProviderBladeProps) {
  const saved = fieldsOf(provider)
  const [fields, setFields] = useState(saved)
  const set = (part: Partial<Fields>): void => setFields({ ...fields, ...part })
  return (
    <FormBlade
      title={provider ? provider.displayName : 'New identity provider'}
      changes={changesOf(provider, fields, changedFields(fields, saved))}
      shown={shown}
      onClose={onClose}
    >
      {(problem) => (
        <>
          {!provider && (
            <TextField
              label="Short name"
              hint="Of a-z, 0-9 and -. It stands in the redirect URI and stays what it is."
              required
              value={fields.id}
              onChange={(id) => set({ id })}
              problem={problem('id')}
            />
          )}
          <RedirectUri id={fields.id} />
          <ProviderInputs fields={fields} set={set} problem={problem} isNew={!provider} />
          <PeopleInputs fields={fields} set={set} problem={problem} />
        </>
      )}
    </FormBlade>
  )
}

function RedirectUri({ id }: { readonly id: string }) {
  if (id === '') return null
  return (
    <div className="stack-tight">
      <span className="soft">Register this redirect URI there:</span>
      <Copyable text={siblingHost('login', `/.sallyport/callback/${id}`)} label="Redirect URI" />
    </div>
  )
}

interface InputsProps {
  readonly fields: Fields
  readonly set: (part: Partial<Fields>) => void
  readonly problem: (path: string) => string | undefined
}

function ProviderInputs({
  fields,
  set,
  problem,
  isNew,
}: InputsProps & { readonly isNew: boolean }) {
  return (
    <>
      <TextField
        label="Name"
        hint="“Sign in with …”"
        required
        value={fields.displayName}
        onChange={(displayName) => set({ displayName })}
        problem={problem('displayName')}
      />
      <TextField
        label="Address of its description"
        type="url"
        required
        placeholder="https://id.contoso.com/.well-known/openid-configuration"
        hint="Ends with /.well-known/openid-configuration"
        value={fields.metadataUrl}
        onChange={(metadataUrl) => set({ metadataUrl })}
        problem={problem('metadataUrl') ?? problem('issuer')}
      />
      <TextField
        label="Client id"
        required
        value={fields.clientId}
        onChange={(clientId) => set({ clientId })}
        problem={problem('clientId')}
      />
      <TextField
        label="Client secret"
        type="password"
        hint={isNew ? 'Kept sealed, and never shown again.' : 'Empty: it stays what it is.'}
        value={fields.clientSecret}
        onChange={(clientSecret) => set({ clientSecret })}
        problem={problem('clientSecret')}
      />
      <TextField
        label="Scope"
        hint="With offline_access Entra ID and Okta let sessions be renewed without the browser."
        value={fields.scope}
        onChange={(scope) => set({ scope })}
        problem={problem('scope')}
      />
      <SwitchField
        label="Everybody signs in here"
        hint="Off: people choose, or their application says where."
        checked={fields.isDefault}
        onChange={(isDefault) => set({ isDefault })}
      />
    </>
  )
}

function PeopleInputs({ fields, set, problem }: InputsProps) {
  return (
    <>
      <SwitchField
        label="Let in people who are not known here yet"
        hint="They appear in the directory when they first sign in."
        checked={fields.isJustInTimeProvisioningEnabled}
        onChange={(on) => set({ isJustInTimeProvisioningEnabled: on })}
      />
      <ChoiceField
        label="Somebody who is known here already"
        hint="Link by what this provider surely cannot make up."
        value={fields.linkExistingUsers}
        choices={[
          ['never', 'is somebody else'],
          ['verifiedEmail', 'is the same by a verified mail address'],
          ['userPrincipalName', 'is the same by user name'],
        ]}
        onChange={(linkExistingUsers) => set({ linkExistingUsers })}
      />
      <TextField
        label="Claim with groups"
        placeholder="groups"
        value={fields.groupsClaim ?? ''}
        onChange={(claim) => set({ groupsClaim: claim === '' ? null : claim })}
        problem={problem('groupsClaim')}
      />
      <TextField
        label="Claim with roles"
        placeholder="roles"
        value={fields.rolesClaim ?? ''}
        onChange={(claim) => set({ rolesClaim: claim === '' ? null : claim })}
        problem={problem('rolesClaim')}
      />
    </>
  )
}

function fieldsOf(provider: IdentityProvider | undefined): Fields {
  return {
    id: provider?.id ?? '',
    displayName: provider?.displayName ?? '',
    metadataUrl: provider?.metadataUrl ?? '',
    clientId: provider?.clientId ?? '',
    clientSecret: '',
    scope: provider?.scope ?? 'openid profile email',
    groupsClaim: provider?.groupsClaim ?? null,
    rolesClaim: provider?.rolesClaim ?? null,
    isDefault: provider?.isDefault ?? false,
    isJustInTimeProvisioningEnabled: provider?.isJustInTimeProvisioningEnabled ?? true,
    linkExistingUsers: provider?.linkExistingUsers ?? 'never',
  }
}

function changesOf(
  provider: IdentityProvider | undefined,
  fields: Fields,
  changed: Partial<Fields>,
): readonly Change[] {
  if (provider) {
    if (Object.keys(changed).length === 0) return []
    const path = `${providersPath}/${provider.id}`
    return [{ method: 'PATCH', path, body: changed, summary: `Saved ${fields.displayName}` }]
  }
  const { id, clientSecret, ...rest } = fields
  const body = {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...(id !== '' && { id }),
    ...(clientSecret !== '' && { clientSecret }),
    ...rest,
  }
  const summary = `Added the identity provider ${fields.displayName}`
  return [{ method: 'POST', path: providersPath, body, summary }]
}
