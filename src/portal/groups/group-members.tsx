import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { collection } from '../api/queries.ts'
import type { Group } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'

const AddMembersBlade = lazyBlade(
  async () => (await import('./add-members-blade.tsx')).AddMembersBlade,
)

interface Member {
  readonly '@odata.type': string
  readonly id: string
  readonly displayName: string
  readonly userPrincipalName?: string
}

/** Who is in the group: directly, and through groups inside it. */
export function GroupMembers({ group }: { readonly group: Group }) {
  const path = `/groups/${group.id}`
  const direct = useQuery(collection<Member>(`${path}/members`))
  const all = useQuery(collection<Member>(`${path}/transitiveMembers`))
  const [isAdding, setAdding] = useState(false)
  const { send, problem } = useChange()
  const own = direct.data ?? []
  const nested = (all.data ?? []).filter(({ id }) => !own.some((member) => member.id === id))
  const remove = ({ id, displayName }: Member): void =>
    void send({
      method: 'DELETE',
      path: `${path}/members/${id}/$ref`,
      summary: `${displayName} is no longer in ${group.displayName}`,
    })
  return (
    <Section
      title="Members"
      actions={
        <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
          Add members
        </Button>
      }
    >
      <ProblemBar problem={problem} />
      <Loaded query={direct} what="members">
        {(members) => (
          <List
            label="Members"
            items={[...members, ...nested]}
            columns={columns(own, remove)}
            idOf={({ id }) => id}
            none="Nobody is in it yet."
          />
        )}
      </Loaded>
      {isAdding && (
        <AddMembersBlade
          group={group}
          without={[group.id, ...own.map(({ id }) => id)]}
          onClose={() => setAdding(false)}
        />
      )}
    </Section>
  )
}

function isGroup(member: Member): boolean {
  return member['@odata.type'].endsWith('.group')
}

function columns(
  own: readonly Member[],
  onRemove: (member: Member) => void,
): readonly Column<Member>[] {
  const isOwn = ({ id }: Member): boolean => own.some((member) => member.id === id)
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      cell: (member) => (
        <Link
          className="link list-name"
          to={isGroup(member) ? '/groups/$id' : '/people/$id'}
          params={{ id: member.id }}
        >
          {member.displayName}
        </Link>
      ),
    },
    {
      id: 'kind',
      title: 'Kind',
      cell: (member) => (isGroup(member) ? 'Group' : 'Person'),
    },
    {
      id: 'how',
      title: 'How',
      roomy: true,
      cell: (member) => (isOwn(member) ? 'Directly' : 'Through a group inside it'),
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (member) =>
        isOwn(member) && (
          <Button
            appearance="subtle"
            aria-label={`Take out ${member.displayName}`}
            icon={<DeleteRegular />}
            onClick={() => onRemove(member)}
          />
        ),
    },
  ]
}
