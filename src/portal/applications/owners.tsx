import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { collection } from '../api/queries.ts'
import type { Application } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { applicationPath } from './applications.ts'

const AddOwnersBlade = lazyBlade(
  async () => (await import('./add-owners-blade.tsx')).AddOwnersBlade,
)

/** Somebody who looks after an application: a person, or a program by its service principal. */
interface Owner {
  readonly '@odata.type': string
  readonly id: string
  readonly displayName: string
}

/** Who looks after the application without a role of their own. */
export function Owners({ application }: { readonly application: Application }) {
  const [isAdding, setAdding] = useState(false)
  const path = `${applicationPath(application.id)}/owners`
  const owners = useQuery(collection<Owner>(path))
  const { send, problem } = useChange()
  const remove = ({ id, displayName }: Owner): void =>
    void send({
      method: 'DELETE',
      path: `${path}/${id}/$ref`,
      summary: `${displayName} is no owner any more`,
    })
  return (
    <Section
      title="Owners"
      lead="They look after this application without a role: its CORS rules, who may enter, maintenance. Not its addresses."
      actions={
        <Button icon={<AddRegular />} onClick={() => setAdding(true)}>
          Add owners
        </Button>
      }
    >
      <ProblemBar problem={problem} />
      <Loaded query={owners} what="owners">
        {(all) => (
          <List
            label="Owners"
            items={all}
            columns={columns(remove)}
            idOf={({ id }) => id}
            none="Nobody: administrators look after it."
          />
        )}
      </Loaded>
      {isAdding && (
        <AddOwnersBlade
          application={application}
          without={owners.data?.map(({ id }) => id) ?? []}
          onClose={() => setAdding(false)}
        />
      )}
    </Section>
  )
}

function columns(onRemove: (owner: Owner) => void): readonly Column<Owner>[] {
  const isPerson = (owner: Owner): boolean => owner['@odata.type'].endsWith('.user')
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      isLink: true,
      cell: (owner) =>
        isPerson(owner) ? (
          <PathLink path={`/people/${owner.id}`} className="link list-name">
            {owner.displayName}
          </PathLink>
        ) : (
          owner.displayName
        ),
    },
    { id: 'kind', title: 'Kind', cell: (owner) => (isPerson(owner) ? 'Person' : 'Program') },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (owner) => (
        <Button
          appearance="subtle"
          aria-label={`Take ${owner.displayName} from the owners`}
          icon={<DeleteRegular />}
          onClick={() => onRemove(owner)}
        />
      ),
    },
  ]
}
