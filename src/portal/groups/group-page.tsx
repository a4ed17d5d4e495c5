import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { collection, resource } from '../api/queries.ts'
import type { Group } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { useDraft } from '../parts/draft.ts'
import { TextField } from '../parts/fields.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { GroupMembers } from './group-members.tsx'

const route = getRouteApi('/groups/$id')
const above = [{ path: '/groups', label: 'Groups' }]

/** One group: who is in it, what it is in, and what it opens. */
export function GroupPage() {
  const { id } = route.useParams()
  const group = useQuery(resource<Group>(`/groups/${id}`))
  if (!group.data) {
    return (
      <Page title="Group" above={above}>
        <Loaded query={group} what="group">
          {() => null}
        </Loaded>
      </Page>
    )
  }
  return <Known group={group.data} />
}

function Known({ group }: { readonly group: Group }) {
  const [isDeleting, setDeleting] = useState(false)
  const navigate = useNavigate()
  const path = `/groups/${group.id}`
  return (
    <Page
      title={group.displayName}
      above={above}
      commands={
        <>
          <Button onClick={() => setDeleting(true)}>Delete …</Button>
          <PathLink path={`/revisions?resource=${group.id}`}>History</PathLink>
        </>
      }
    >
      <div className="sections">
        <GroupMembers group={group} />
        <Section
          title="Lets into"
          lead="Applications that it is assigned to. Groups inside it count for policies, not for assignments."
        >
          <Assignments path={path} />
        </Section>
        <Section title="Is in">
          <Places path={path} />
        </Section>
        <Facts group={group} />
      </div>
      {isDeleting && (
        <ConfirmByName
          title={`Delete ${group.displayName}?`}
          name={group.displayName}
          change={{ method: 'DELETE', path, summary: `Deleted ${group.displayName}` }}
          onClose={() => setDeleting(false)}
          onDone={() => navigate({ to: '/groups' })}
        >
          Its members lose what they have through it. The people themselves stay.
        </ConfirmByName>
      )}
    </Page>
  )
}

function Facts({ group }: { readonly group: Group }) {
  const { displayName, description } = group
  const draft = useDraft({ displayName, description: description ?? '' })
  const { value, set } = draft
  const change: Change = {
    method: 'PATCH',
    path: `/groups/${group.id}`,
    body: draft.changed,
    summary: `Saved ${value.displayName}`,
  }
  return (
    <ChangeForm draft={draft} changes={[change]} shown={['displayName', 'description']}>
      {(problem) => (
        <Section title="Name">
          <div className="field-pair">
            <TextField
              label="Name"
              required
              value={value.displayName}
              onChange={(text) => set('displayName', text)}
              problem={problem('displayName')}
            />
            <TextField
              label="Description"
              value={value.description}
              onChange={(text) => set('description', text)}
              problem={problem('description')}
            />
          </div>
        </Section>
      )}
    </ChangeForm>
  )
}

interface GroupAssignment {
  readonly id: string
  readonly resourceDisplayName: string
}

const assignmentColumns: readonly Column<GroupAssignment>[] = [
  {
    id: 'name',
    title: 'Application',
    cell: ({ resourceDisplayName: name }) => (
      <PathLink className="link list-name" path={`/applications?q=${encodeURIComponent(name)}`}>
        {name}
      </PathLink>
    ),
  },
]

function Assignments({ path }: { readonly path: string }) {
  const assignments = useQuery(collection<GroupAssignment>(`${path}/appRoleAssignments`))
  return (
    <Loaded query={assignments} what="applications">
      {(all) => (
        <List
          label="Lets into"
          items={all}
          columns={assignmentColumns}
          idOf={({ id }) => id}
          none="No application yet. Assign it at an application, under Assignments."
        />
      )}
    </Loaded>
  )
}

const placeColumns: readonly Column<Group>[] = [
  {
    id: 'name',
    title: 'Name',
    cell: ({ id, displayName }) => (
      <Link className="link list-name" to="/groups/$id" params={{ id }}>
        {displayName}
      </Link>
    ),
  },
]

function Places({ path }: { readonly path: string }) {
  const places = useQuery(collection<Group>(`${path}/memberOf`))
  return (
    <Loaded query={places} what="groups">
      {(all) => (
        <List
          label="Is in"
          items={all}
          columns={placeColumns}
          idOf={({ id }) => id}
          none="It is in no other group."
        />
      )}
    </Loaded>
  )
}
