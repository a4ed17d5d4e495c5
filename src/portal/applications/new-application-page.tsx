import { Button, Radio, RadioGroup } from '@fluentui/react-components'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Change } from '../api/client.ts'
import { problemAt } from '../api/problem.ts'
import { collection } from '../api/queries.ts'
import type { ConnectorGroup } from '../api/types.ts'
import { publishingDomain } from '../parts/addresses.ts'
import { AsCode } from '../parts/as-code.tsx'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { PrincipalPicker } from '../parts/principal-picker.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import type { ShownCode } from '../parts/shown-code.ts'
import { useToasts } from '../parts/toasts.tsx'
import { useUnsaved } from '../parts/unsaved.ts'
import { applicationPath } from './applications.ts'
import {
  createApplication,
  creation,
  creationDocument,
  furtherChanges,
  type NewApplication,
  nothingYet,
  proposeExternalUrl,
} from './new-application.ts'
import { NewSegments } from './new-segments.tsx'
import './applications.css'

const groupsPath = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups'

type SetForm = (part: Partial<NewApplication>) => void

interface PartProps {
  readonly form: NewApplication
  readonly set: SetForm
  readonly problem: unknown
}

/** A new application on one page: a regular one, or a complex one with all its segments. */
export function NewApplicationPage() {
  const [form, setForm] = useState(nothingYet)
  const domain = publishingDomain()
  const unsaved = useUnsaved(form)
  const { data: groups = [] } = useQuery(collection<ConnectorGroup>(groupsPath))
  const group = groups.find(({ id }) => id === form.connectorGroupId)
  const code = {
    changes: [creation(form), ...furtherChanges(form, domain)],
    document: creationDocument(form, domain, group?.name),
  }
  const creating = useCreation(form, domain, code, unsaved.settle)
  const set: SetForm = (part) => setForm((before) => ({ ...before, ...part }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    creating.mutate()
  }
  const parts = { form, set, problem: creating.error }
  return (
    <Page
      title="New application"
      lead="Publish what stands inside your network. Everything can be changed later."
      above={[{ path: '/applications', label: 'Applications' }]}
    >
      <form className="change-form sections" onSubmit={submit} {...unsaved.watch}>
        <What {...parts} />
        {form.kind === 'regular' ? (
          <Where {...parts} domain={domain} />
        ) : (
          <NewSegments {...parts} domain={domain} />
        )}
        <Who {...parts} />
        <div className="save-area">
          <ProblemBar problem={creating.error} shown={shownPaths(form)} />
          <div className="save-bar">
            <Button
              type="submit"
              appearance="primary"
              disabled={creating.isPending || form.displayName.trim() === ''}
            >
              {creating.isPending ? 'Publishing …' : 'Publish'}
            </Button>
            <LinkButton to="/applications">Cancel</LinkButton>
            <AsCode {...code} disabled={form.displayName.trim() === ''} />
          </div>
        </div>
      </form>
    </Page>
  )
}

function useCreation(form: NewApplication, domain: string, code: ShownCode, onMade: () => void) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const { tellUndoable } = useToasts()
  return useMutation({
    mutationFn: () => createApplication(form, domain),
    onSuccess: async (id) => {
      onMade()
      const { displayName } = form
      const undoing: Change = {
        method: 'DELETE',
        path: applicationPath(id),
        summary: `Undo: published ${displayName}`,
      }
      tellUndoable(`${displayName} is published`, code, undoing, `application-${id}`)
      await client.invalidateQueries()
      await navigate({ to: '/applications/$id', params: { id } })
    },
  })
}

function shownPaths({ kind, segments }: NewApplication): readonly string[] {
  if (kind === 'regular') return ['displayName', 'internalUrl', 'externalUrl']
  return ['displayName', ...segments.flatMap((_, i) => [`${i}/internalUrl`, `${i}/externalUrl`])]
}

function What({ form, set, problem }: PartProps) {
  return (
    <Section title="What is it?">
      <RadioGroup
        aria-label="Kind of application"
        value={form.kind}
        onChange={(_event, { value }) => set({ kind: value as NewApplication['kind'] })}
      >
        <Radio
          value="regular"
          label={<Choice title="One web application" text="One address inside, one outside." />}
        />
        <Radio
          value="complex"
          label={
            <Choice
              title="Several that work together"
              text="A complex application: several addresses, one sign-in, and their pages may call each other."
            />
          }
        />
      </RadioGroup>
      <TextField
        label="Name"
        hint="People see it in My Apps."
        required
        autoFocus
        value={form.displayName}
        onChange={(displayName) => set({ displayName })}
        problem={problemAt(problem, 'displayName')}
      />
    </Section>
  )
}

function Choice({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <span className="choice">
      <span>{title}</span>
      <span className="soft">{text}</span>
    </span>
  )
}

function Where({ form, set, problem, domain }: PartProps & { readonly domain: string }) {
  const proposed = proposeExternalUrl(form.displayName, domain)
  return (
    <Section title="Where is it?">
      <div className="field-pair">
        <TextField
          label="Internal URL"
          hint="As its connector reaches it, such as http://wiki.corp.example:8080/"
          type="url"
          required
          value={form.internalUrl}
          onChange={(internalUrl) => set({ internalUrl })}
          problem={problemAt(problem, 'internalUrl')}
        />
        <TextField
          label="External URL"
          hint={
            form.externalUrl === ''
              ? 'Proposed from the name. Type another one if you like.'
              : 'What people open.'
          }
          type="url"
          value={form.externalUrl || proposed}
          onChange={(externalUrl) =>
            set({ externalUrl: externalUrl === proposed ? '' : externalUrl })
          }
          problem={problemAt(problem, 'externalUrl')}
        />
      </div>
    </Section>
  )
}

function Who({ form, set }: PartProps) {
  const { data: groups = [] } = useQuery(collection<ConnectorGroup>(groupsPath))
  const others = groups.filter(({ isDefault }) => !isDefault)
  const standard = groups.find(({ isDefault }) => isDefault)?.name ?? 'Default'
  return (
    <Section title="Who may enter, and by which way?">
      <div className="field-pair">
        <ChoiceField
          label="Sign-in"
          hint={
            form.preAuthentication
              ? 'Nobody reaches the application who has not signed in.'
              : 'Everything passes through: the application has to protect itself.'
          }
          value={form.preAuthentication ? 'edge' : 'none'}
          choices={[
            ['edge', 'Before anything reaches the application'],
            ['none', 'None here (passthrough)'],
          ]}
          onChange={(chosen) => set({ preAuthentication: chosen === 'edge' })}
        />
        <ChoiceField
          label="Connector group"
          hint="The connectors that stand near the application."
          value={form.connectorGroupId}
          choices={[['', standard], ...others.map(({ id, name }) => [id, name] as const)]}
          onChange={(connectorGroupId) => set({ connectorGroupId })}
        />
      </div>
      {form.preAuthentication && <Entry form={form} set={set} />}
    </Section>
  )
}

function Entry({ form, set }: Pick<PartProps, 'form' | 'set'>) {
  return (
    <>
      <RadioGroup
        aria-label="Who may enter"
        value={form.everybody ? 'everybody' : 'chosen'}
        onChange={(_event, { value }) => set({ everybody: value === 'everybody' })}
      >
        <Radio value="chosen" label="People and groups of your choice" />
        <Radio value="everybody" label="Everybody who can sign in" />
      </RadioGroup>
      {!form.everybody && (
        <PrincipalPicker
          label="People and groups"
          chosen={form.principals}
          onChange={(principals) => set({ principals })}
        />
      )}
    </>
  )
}
