import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import type { EdgeFacts } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'

/** How the edge was started, and what holds for it; it is changed where it is started. */
export function AboutEdge() {
  const edge = useQuery(resource<EdgeFacts>('/edge'))
  return (
    <Section
      title="This edge"
      lead="These are options of the command that starts it: sallyport edge --help tells them all."
    >
      <Loaded query={edge} what="settings of the edge">
        {(facts) => <Facts facts={factsOf(facts)} />}
      </Loaded>
    </Section>
  )
}

function factsOf(edge: EdgeFacts) {
  const { hosts, certificateAuthorityFingerprint: fingerprint } = edge
  const ports = edge.ports.map(({ port, protocol }) => `${port} (${protocol})`).join(', ')
  return [
    { name: 'Version', value: edge.version },
    { name: 'Running since', value: <When at={edge.startedDateTime} /> },
    { name: 'Domain', value: edge.domain, copied: edge.domain },
    { name: 'Ports', value: ports },
    { name: 'Management API', value: hosts.managementApi, copied: hosts.managementApi },
    { name: 'Sign-in', value: hosts.signIn, copied: hosts.signIn },
    { name: 'My Apps', value: hosts.myApps, copied: hosts.myApps },
    { name: 'Connectors dial', value: hosts.connectors, copied: hosts.connectors },
    { name: 'Local authority (SHA-256)', value: fingerprint, copied: fingerprint },
    { name: 'Processes', value: edge.processCount },
    { name: 'A sign-in lasts', value: `${hours(edge.sessionLifetimeInSeconds)} at most` },
    { name: 'Sign-ins stay in the log', value: `${edge.signInLogRetentionInDays} days` },
    { name: 'Changes stay in the log', value: `${edge.auditLogRetentionInDays} days` },
    {
      name: 'Certificates are ordered at',
      value: edge.acmeDirectory ?? 'nobody: uploaded or local',
    },
  ]
}

function hours(seconds: number): string {
  const count = Math.round(seconds / 360) / 10
  return count === 1 ? '1 hour' : `${count} hours`
}
