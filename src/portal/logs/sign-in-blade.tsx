import { Badge } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import { Blade } from '../parts/blade.tsx'
import { Facts } from '../parts/facts.tsx'
import { type Column, List } from '../parts/list.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { type AppliedPolicy, kindLabels, nameOf, type SignIn, signInsPath } from './sign-in.ts'

interface SignInBladeProps {
  readonly id: string
  readonly onClose: () => void
}

/** One sign-in: what came of it, why, and what each policy said. */
export function SignInBlade({ id, onClose }: SignInBladeProps) {
  const entry = useQuery(resource<SignIn>(`${signInsPath}/${id}`))
  return (
    <Blade title="Sign-in" size="large" onClose={onClose}>
      <Loaded query={entry} what="sign-in">
        {(found) => <Detail entry={found} />}
      </Loaded>
    </Blade>
  )
}

function Detail({ entry }: { readonly entry: SignIn }) {
  const { status, userId, deviceDetail } = entry
  return (
    <div className="stack">
      <p>
        <strong>{status.errorCode === 0 ? 'Success' : `Failure ${status.errorCode}`}</strong>
        {status.errorCode !== 0 && `: ${status.failureReason}`}
      </p>
      <Facts
        facts={[
          { name: 'Time', value: <When at={entry.createdDateTime} /> },
          { name: 'Who', value: <Who entry={entry} /> },
          ...(userId === null
            ? []
            : [
                {
                  name: 'See as this person',
                  value: (
                    <PathLink path={`/people/${userId}?tab=access`}>What they get into</PathLink>
                  ),
                },
              ]),
          { name: 'Application', value: <ApplicationLink entry={entry} /> },
          {
            name: 'Kind',
            value: entry.signInEventTypes.map((kind) => kindLabels[kind] ?? kind).join(', '),
          },
          { name: 'IP address', value: entry.ipAddress, copied: entry.ipAddress },
          {
            name: 'Browser and system, as they say',
            value: [deviceDetail.browser, deviceDetail.operatingSystem].filter(Boolean).join(', '),
          },
          { name: 'Proven by', value: entry.authenticationMethodsUsed.join(', ') || 'nothing yet' },
          { name: 'Our word for it', value: <code>{status.additionalDetails}</code> },
          {
            name: 'Correlation id: on the page they saw, and in the log of the edge',
            value: entry.correlationId,
            copied: entry.correlationId,
          },
          { name: 'User agent', value: entry.userAgent },
        ]}
      />
      <h3 className="section-title">Conditional access</h3>
      <List
        label="Policies"
        items={entry.appliedConditionalAccessPolicies}
        columns={policyColumns}
        idOf={({ id }) => id}
        none="There was no policy to be looked at."
      />
    </div>
  )
}

function Who({ entry }: { readonly entry: SignIn }) {
  const { userId, userPrincipalName } = entry
  const name = nameOf(entry)
  return (
    <span>
      {userId === null ? name : <PathLink path={`/people/${userId}`}>{name}</PathLink>}
      {userPrincipalName !== null && userPrincipalName !== name && (
        <span className="soft"> {userPrincipalName}</span>
      )}
    </span>
  )
}

// The log has the id that programs know; the page of an application is found by it.
function ApplicationLink({ entry: { appId, appDisplayName } }: { readonly entry: SignIn }) {
  const { data } = useQuery({
    ...resource<{ value: readonly { id: string }[] }>(
      `/applications?$select=id&$filter=appId eq '${appId}'`,
    ),
    enabled: appId !== null,
  })
  const id = data?.value[0]?.id
  const name = appDisplayName ?? appId ?? '–'
  return id === undefined ? name : <PathLink path={`/applications/${id}`}>{name}</PathLink>
}

const results: Readonly<Record<string, readonly [string, 'success' | 'danger' | 'informative']>> = {
  success: ['Met', 'success'],
  failure: ['Not met', 'danger'],
  notApplied: ['Did not apply', 'informative'],
  notEnabled: ['Off', 'informative'],
  reportOnlySuccess: ['Report-only: met', 'success'],
  reportOnlyFailure: ['Report-only: not met', 'danger'],
  reportOnlyInterrupted: ['Report-only: would ask', 'informative'],
  reportOnlyNotApplied: ['Report-only: did not apply', 'informative'],
}

const controls: Readonly<Record<string, string>> = {
  Mfa: 'A second factor',
  SignInFrequency: 'A sign-in every so often',
  PersistentBrowserSessionMode: 'How long the cookie lives',
}

function controlText(control: string): string {
  return controls[control] ?? control
}

const policyColumns: readonly Column<AppliedPolicy>[] = [
  {
    id: 'name',
    title: 'Policy',
    grow: 2,
    cell: ({ id, displayName }) => <PathLink path={`/policies/${id}`}>{displayName}</PathLink>,
  },
  {
    id: 'result',
    title: 'Result',
    cell: ({ result }) => {
      const [label, color] = results[result] ?? [result, 'informative']
      return (
        <Badge appearance="tint" color={color} shape="rounded">
          {label}
        </Badge>
      )
    },
  },
  {
    id: 'controls',
    title: 'Asked for',
    roomy: true,
    cell: ({ enforcedGrantControls, enforcedSessionControls }) =>
      [...enforcedGrantControls, ...enforcedSessionControls].map(controlText).join(', ') ||
      'Nothing',
  },
]
