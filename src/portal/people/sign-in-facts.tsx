import { useQuery } from '@tanstack/react-query'
import { collection, resource } from '../api/queries.ts'
import type { IdentityProvider, Person } from '../api/types.ts'
import { type SignIn, signInQuery } from '../logs/sign-in.ts'
import type { Fact } from '../parts/facts.tsx'
import { Facts } from '../parts/facts.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Age } from '../parts/when.tsx'
import { providersPath } from '../settings/providers-path.ts'
import { personPath } from './people.ts'
import { type Identity, vouchers } from './vouchers.ts'

/** Who vouches for the person, and when they signed in last. What may not be read is left out. */
export function SignInFacts({ person: { id } }: { readonly person: Person }) {
  const person = useQuery(
    resource<{ identities: readonly Identity[] }>(`${personPath(id)}?$select=identities`),
  )
  const providers = useQuery(collection<IdentityProvider>(providersPath))
  const query = signInQuery({ user: id, result: 'success' }, 1, 0)
  const signIns = useQuery(resource<{ value: readonly SignIn[] }>(query))
  const facts: Fact[] = []
  if (person.data && !providers.isPending) {
    const names = vouchers(person.data.identities, providers.data ?? [])
    facts.push({ name: 'Vouched for by', value: names.join(', ') })
  }
  if (signIns.data) facts.push({ name: 'Last sign-in', value: lastOf(signIns.data.value) })
  if (facts.length === 0) return null
  return (
    <Section title="Signing in">
      <Facts facts={facts} />
    </Section>
  )
}

function lastOf([last]: readonly SignIn[]) {
  if (!last) return <span className="soft">None in the log</span>
  const path = `/sign-ins?user=${last.userId}&entry=${last.id}`
  return (
    <>
      <PathLink path={path}>
        <Age at={last.createdDateTime} />
      </PathLink>
      {last.appDisplayName !== null && ` to ${last.appDisplayName}`}, from {last.ipAddress}
    </>
  )
}
