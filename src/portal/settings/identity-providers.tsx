import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { collection, resource } from '../api/queries.ts'
import type { IdentityProvider, ProviderHealth } from '../api/types.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { providersPath } from './providers-path.ts'

const ProviderBlade = lazyBlade(async () => (await import('./provider-blade.tsx')).ProviderBlade)

type Doing =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'delete'; readonly provider: IdentityProvider }

/** External providers where people sign in, beside the embedded one. */
export function IdentityProviders() {
  const [doing, setDoing] = useState<Doing | undefined>(undefined)
  const providers = useQuery(collection<IdentityProvider>(providersPath))
  const close = (): void => setDoing(undefined)
  return (
    <Section
      title="Identity providers"
      lead="Any OpenID Connect provider: Entra ID, Keycloak, Okta, Google. The embedded one is always there."
      actions={
        <Button icon={<AddRegular />} onClick={() => setDoing({ what: 'add' })}>
          Add a provider
        </Button>
      }
    >
      <Loaded query={providers} what="identity providers">
        {(all) => (
          <List
            label="Identity providers"
            items={all}
            columns={columns(setDoing)}
            idOf={({ id }) => id}
            none="None. Everybody signs in with an account of this edge."
          />
        )}
      </Loaded>
      {(doing?.what === 'add' || doing?.what === 'edit') && (
        <ProviderBlade
          provider={doing.what === 'edit' ? doing.provider : undefined}
          onClose={close}
        />
      )}
      {doing?.what === 'delete' && (
        <ConfirmByName
          title={`Delete ${doing.provider.displayName}?`}
          name={doing.provider.displayName}
          change={{
            method: 'DELETE',
            path: `${providersPath}/${doing.provider.id}`,
            summary: `Deleted the identity provider ${doing.provider.displayName}`,
          }}
          onClose={close}
          onDone={close}
        >
          Who signs in there is signed out, and cannot come back by it.
        </ConfirmByName>
      )}
    </Section>
  )
}

function columns(setDoing: (doing: Doing) => void): readonly Column<IdentityProvider>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      cell: ({ displayName, isDefault }) => (
        <span className="badged">
          {displayName}
          {isDefault && (
            <Badge appearance="outline" shape="rounded">
              Everybody’s
            </Badge>
          )}
        </span>
      ),
    },
    {
      id: 'issuer',
      title: 'Issuer',
      grow: 3,
      roomy: true,
      cell: ({ issuer }) => <span className="url">{issuer}</span>,
    },
    { id: 'health', title: 'Status', cell: ({ id }) => <Health id={id} /> },
    {
      id: 'actions',
      title: 'Actions',
      cell: (provider) => (
        <span className="badged">
          <Button
            appearance="subtle"
            aria-label={`Edit ${provider.displayName}`}
            icon={<EditRegular />}
            onClick={() => setDoing({ what: 'edit', provider })}
          />
          <Button
            appearance="subtle"
            aria-label={`Delete ${provider.displayName}`}
            icon={<DeleteRegular />}
            onClick={() => setDoing({ what: 'delete', provider })}
          />
        </span>
      ),
    },
  ]
}

/** Whether it answers just now. */
function Health({ id }: { readonly id: string }) {
  const { data } = useQuery(resource<ProviderHealth>(`${providersPath}/${id}/health`))
  if (!data) return <span className="soft">Asking …</span>
  if (data.isReachable) {
    return (
      <Badge appearance="tint" color="success" shape="rounded">
        Answers
      </Badge>
    )
  }
  return (
    <span className="badged">
      <Badge appearance="tint" color="danger" shape="rounded">
        Does not answer
      </Badge>
      <span className="soft">{data.problem}</span>
    </span>
  )
}
