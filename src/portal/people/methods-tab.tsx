import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Person } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { Copyable } from '../parts/copyable.tsx'
import { type Column, List } from '../parts/list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { HandOver } from './hand-over.tsx'
import { PassBlade } from './pass-blade.tsx'
import { PasswordBlade } from './password-blade.tsx'
import { type AuthenticationMethod, methodList, personPath } from './people.ts'

interface Shown {
  readonly kind: 'pass' | 'password'
  readonly secret: string
  readonly hours: number
}

/** What the person proves themselves by, and how an administrator helps somebody who has lost it. */
export function MethodsTab({ person }: { readonly person: Person }) {
  const methods = useQuery(methodList(person.id))
  const [opened, setOpened] = useState<'pass' | 'password' | undefined>(undefined)
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  const { send, problem } = useChange()
  const made = (what: Shown | undefined): void => {
    setShown(what)
    setOpened(undefined)
  }
  return (
    <>
      {shown && <Secret person={person} shown={shown} />}
      <Section
        title="Ways to sign in"
        lead="At the embedded provider. People set up passkeys and apps for codes themselves, at their account page."
        actions={
          <>
            <Button onClick={() => setOpened('pass')}>Make a pass …</Button>
            <Button onClick={() => setOpened('password')}>Reset the password …</Button>
          </>
        }
      >
        <ProblemBar problem={problem} />
        <Loaded query={methods} what="ways to sign in">
          {(all) => (
            <List
              label="Ways to sign in"
              items={all}
              columns={columns((method) => void send(removal(person, method)))}
              idOf={({ id }) => id}
              none="None here: they come in by another identity provider, or not at all."
            />
          )}
        </Loaded>
      </Section>
      {opened === 'pass' && (
        <PassBlade person={person} onClose={() => setOpened(undefined)} onMade={made} />
      )}
      {opened === 'password' && (
        <PasswordBlade person={person} onClose={() => setOpened(undefined)} onMade={made} />
      )}
    </>
  )
}

function Secret({ person, shown }: { readonly person: Person; readonly shown: Shown }) {
  return (
    <Section
      title={shown.kind === 'pass' ? 'The pass' : 'The password'}
      lead="It is shown this once."
    >
      {shown.kind === 'pass' ? (
        <HandOver person={person} pass={shown.secret} hours={shown.hours} />
      ) : (
        <>
          <Copyable text={shown.secret} label="New password" />
          <MessageBar intent="info">
            <MessageBarBody>
              {person.displayName} is signed out everywhere, and has to choose another password at
              the next sign-in.
            </MessageBarBody>
          </MessageBar>
        </>
      )}
    </Section>
  )
}

const kinds: Readonly<Record<string, readonly [label: string, path: string | undefined]>> = {
  '#microsoft.graph.passwordAuthenticationMethod': ['Password', undefined],
  '#microsoft.graph.fido2AuthenticationMethod': ['Passkey', 'fido2Methods'],
  '#microsoft.graph.softwareOathAuthenticationMethod': ['App for codes', 'softwareOathMethods'],
  '#microsoft.graph.temporaryAccessPassAuthenticationMethod': [
    'Temporary access pass',
    'temporaryAccessPassMethods',
  ],
}

function labelOf(method: AuthenticationMethod): string {
  return kinds[method['@odata.type']]?.[0] ?? method['@odata.type']
}

function removal(person: Person, method: AuthenticationMethod): Change {
  const path = `${personPath(person.id)}/authentication/${kinds[method['@odata.type']]?.[1]}`
  const summary = `Took ${labelOf(method)} from ${person.displayName}`
  return { method: 'DELETE', path: `${path}/${method.id}`, summary, isFinal: true }
}

function columns(
  onRemove: (method: AuthenticationMethod) => void,
): readonly Column<AuthenticationMethod>[] {
  return [
    { id: 'kind', title: 'Kind', cell: labelOf },
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      cell: ({ displayName, methodUsabilityReason: reason }) =>
        displayName ?? (reason && usability[reason]) ?? '',
    },
    {
      id: 'since',
      title: 'Since',
      roomy: true,
      cell: ({ createdDateTime }) => <When at={createdDateTime} never="" />,
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (method) =>
        kinds[method['@odata.type']]?.[1] !== undefined && (
          <Button
            appearance="subtle"
            aria-label={`Delete ${labelOf(method)} ${method.displayName ?? ''}`.trim()}
            icon={<DeleteRegular />}
            onClick={() => onRemove(method)}
          />
        ),
    },
  ]
}

const usability: Readonly<Record<string, string>> = {
  EnabledByPolicy: 'Can be used now',
  NotYetValid: 'Not yet valid',
  Expired: 'Expired',
  OneTimeUsed: 'Used',
}
