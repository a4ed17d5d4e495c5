import { Button } from '@fluentui/react-components'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { collection } from '../api/queries.ts'
import type { Group, Person } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { ChoiceField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { isRole, type Place, personPath } from './people.ts'

interface Role {
  readonly id: string
  readonly displayName: string
  readonly description: string
}

/** What the person is in, and what they may administer. */
export function MembershipsTab({ person }: { readonly person: Person }) {
  const direct = useQuery(collection<Place>(`${personPath(person.id)}/memberOf`))
  const all = useQuery(collection<Place>(`${personPath(person.id)}/transitiveMemberOf`))
  const [adding, setAdding] = useState<'group' | 'role' | undefined>(undefined)
  const { send, problem } = useChange()
  const remove = (place: Place): void => void send(removal(person, place))
  const own = direct.data ?? []
  const nested = (all.data ?? []).filter(({ id }) => !own.some((place) => place.id === id))
  return (
    <>
      <ProblemBar problem={problem} />
      <Section
        title="Groups"
        actions={<Button onClick={() => setAdding('group')}>Add to a group …</Button>}
      >
        <Loaded query={direct} what="groups">
          {(places) => (
            <List
              label="Groups"
              items={[...places.filter((each) => !isRole(each)), ...nested]}
              columns={groupColumns(own, remove)}
              idOf={({ id }) => id}
              none={`${person.displayName} is in no group.`}
            />
          )}
        </Loaded>
      </Section>
      <Section
        title="Roles"
        lead="What they may do here in the portal and at the management API."
        actions={<Button onClick={() => setAdding('role')}>Give a role …</Button>}
      >
        <Loaded query={direct} what="roles">
          {(places) => (
            <List
              label="Roles"
              items={places.filter(isRole)}
              columns={roleColumns(remove)}
              idOf={({ id }) => id}
              none={`${person.displayName} administers nothing.`}
            />
          )}
        </Loaded>
      </Section>
      {adding === 'group' && (
        <AddBlade
          {...{ person, has: own, onClose: () => setAdding(undefined) }}
          title="Add to a group"
          label="Group"
          path="/groups"
          of={(group: Group) => addition('groups', person, group)}
        />
      )}
      {adding === 'role' && (
        <AddBlade
          {...{ person, has: own, onClose: () => setAdding(undefined) }}
          title="Give a role"
          label="Role"
          path="/directoryRoles"
          of={(role: Role) => addition('directoryRoles', person, role)}
        />
      )}
    </>
  )
}

function addition(
  kind: 'groups' | 'directoryRoles',
  person: Person,
  { id, displayName }: Pick<Place, 'id' | 'displayName'>,
): Change {
  return {
    method: 'POST',
    path: `/${kind}/${id}/members/$ref`,
    body: { '@odata.id': `/directoryObjects/${person.id}` },
    summary: `${person.displayName} is in ${displayName}`,
  }
}

function removal(person: Person, place: Place): Change {
  const kind = isRole(place) ? 'directoryRoles' : 'groups'
  return {
    method: 'DELETE',
    path: `/${kind}/${place.id}/members/${person.id}/$ref`,
    summary: `${person.displayName} is no longer in ${place.displayName}`,
  }
}

function groupColumns(
  own: readonly Place[],
  onRemove: (place: Place) => void,
): readonly Column<Place>[] {
  const isOwn = ({ id }: Place): boolean => own.some((place) => place.id === id)
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      cell: ({ id, displayName }) => (
        <Link className="link list-name" to="/groups/$id" params={{ id }}>
          {displayName}
        </Link>
      ),
    },
    {
      id: 'how',
      title: 'How',
      cell: (place) => (isOwn(place) ? 'Directly' : 'Through another group'),
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (place) => isOwn(place) && <RemoveButton place={place} onRemove={onRemove} />,
    },
  ]
}

function roleColumns(onRemove: (place: Place) => void): readonly Column<Place>[] {
  return [
    { id: 'name', title: 'Name', grow: 2, cell: ({ displayName }) => displayName },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (place) => <RemoveButton place={place} onRemove={onRemove} />,
    },
  ]
}

interface RemoveButtonProps {
  readonly place: Place
  readonly onRemove: (place: Place) => void
}

function RemoveButton({ place, onRemove }: RemoveButtonProps) {
  return (
    <Button
      appearance="subtle"
      aria-label={`Take out of ${place.displayName}`}
      icon={<DeleteRegular />}
      onClick={() => onRemove(place)}
    />
  )
}

interface AddBladeProps<Member> {
  readonly title: string
  readonly label: string
  /** The collection that is chosen from. */
  readonly path: string
  readonly has: readonly Place[]
  readonly of: (member: Member) => Change
  readonly onClose: () => void
}

function AddBlade<Member extends { readonly id: string; readonly displayName: string }>(
  props: AddBladeProps<Member>,
) {
  const { data: all = [] } = useQuery(collection<Member>(props.path))
  const [chosen, setChosen] = useState('')
  const offered = all.filter(({ id }) => !props.has.some((place) => place.id === id))
  const member = offered.find(({ id }) => id === chosen)
  return (
    <FormBlade
      title={props.title}
      action="Add"
      changes={member ? [props.of(member)] : []}
      onClose={props.onClose}
    >
      {() => (
        <ChoiceField
          label={props.label}
          {...(member && 'description' in member && { hint: String(member.description ?? '') })}
          value={chosen}
          choices={[
            ['', 'Choose one'],
            ...offered.map(({ id, displayName }) => [id, displayName] as const),
          ]}
          onChange={setChosen}
        />
      )}
    </FormBlade>
  )
}
