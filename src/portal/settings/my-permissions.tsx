import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import { siblingHost } from '../parts/addresses.ts'
import { LinkAnchor } from '../parts/link-anchor.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'

/** What whoever looks may do here, and where tokens for programs come from. */
export function MyPermissions() {
  const me = useQuery(resource<Me>('/me'))
  return (
    <Section
      title="What you may do"
      lead="By your roles, looked up with each call: here, at the command line, and with tokens of your own."
    >
      <Loaded query={me} what="permissions">
        {({ id, userPrincipalName, permissions }) => (
          <>
            <p>
              You are{' '}
              <PathLink path={`/people/${id}?tab=memberships`}>{userPrincipalName}</PathLink>.
            </p>
            <ul className="permissions">
              {permissions.map((permission) => (
                <li key={permission}>
                  <code>{permission}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <p>
        Tokens for scripts are made at your account page, each for an hour:{' '}
        <LinkAnchor href={siblingHost('login', '/account')}>Your account</LinkAnchor>
      </p>
    </Section>
  )
}
