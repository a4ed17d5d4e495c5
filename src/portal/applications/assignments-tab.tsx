import { Button, Switch } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { PeopleRegular } from '@fluentui/react-icons/svg/people'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { collection } from '../api/queries.ts'
import type { Application, AppRole, Assignment, ServicePrincipal } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { Empty } from '../parts/empty.tsx'
import { ChoiceField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { type Principal, PrincipalPicker } from '../parts/principal-picker.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { applicationPart, assignmentsOf } from './documents.ts'
import { userRole } from './new-application.ts'
import { Owners } from './owners.tsx'
import type { TabProps } from './tab-props.ts'

/** Who may enter. */
export function AssignmentsTab({ application }: TabProps) {
  const found = useQuery(
    collection<ServicePrincipal>(`/servicePrincipals?$filter=appId eq '${application.appId}'`),
  )
  return (
    <Loaded query={found} what="assignments">
      {([principal]) =>
        principal && <Assignments application={application} principal={principal} />
      }
    </Loaded>
  )
}

interface AssignmentsProps {
  readonly application: Application
  readonly principal: ServicePrincipal
}

function Assignments({ application, principal }: AssignmentsProps) {
  const [adding, setAdding] = useState(false)
  const path = `/servicePrincipals/${principal.id}/appRoleAssignedTo`
  const assignments = useQuery(collection<Assignment>(path))
  const { send, problem } = useChange()
  const remove = ({ id, principalDisplayName }: Assignment): void =>
    void send({
      method: 'DELETE',
      path: `${path}/${id}`,
      summary: `${principalDisplayName} may no longer enter`,
    })
  const addButton = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
      Let in people or groups
    </Button>
  )
  return (
    <div className="sections">
      <ProblemBar problem={problem} />
      <Everybody principal={principal} />
      <Section title="Assigned" actions={addButton}>
        <Loaded query={assignments} what="assignments">
          {(all) =>
            all.length === 0 ? (
              <Empty icon={PeopleRegular} title="Nobody is assigned">
                {principal.appRoleAssignmentRequired
                  ? `Nobody can enter ${application.displayName} yet.`
                  : 'Everybody who can sign in may enter all the same.'}
              </Empty>
            ) : (
              <List
                label="Assigned"
                items={all}
                columns={columns(principal, remove)}
                idOf={({ id }) => id}
              />
            )
          }
        </Loaded>
      </Section>
      <Owners application={application} />
      {adding && (
        <AssignBlade
          application={application}
          principal={principal}
          assigned={assignments.data ?? []}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  )
}

function Everybody({ principal }: { readonly principal: ServicePrincipal }) {
  const { send, isSending, problem } = useChange()
  const set = (required: boolean): void =>
    void send({
      method: 'PATCH',
      path: `/servicePrincipals/${principal.id}`,
      body: { appRoleAssignmentRequired: required },
      summary: required ? 'Only assigned people may enter' : 'Everybody who can sign in may enter',
    })
  return (
    <Section title="Who may enter">
      <Switch
        label="Only people and groups that are assigned"
        checked={principal.appRoleAssignmentRequired}
        disabled={isSending}
        onChange={(_event, { checked }) => set(checked)}
      />
      <ProblemBar problem={problem} />
    </Section>
  )
}

function columns(
  principal: ServicePrincipal,
  onRemove: (assignment: Assignment) => void,
): readonly Column<Assignment>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      isLink: true,
      cell: (assignment) => <PrincipalName assignment={assignment} />,
    },
    { id: 'type', title: 'Kind', cell: ({ principalType }) => typeLabels[principalType] },
    {
      id: 'role',
      title: 'Role',
      roomy: true,
      cell: ({ appRoleId }) => roleName(principal.appRoles, appRoleId),
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (assignment) => (
        <Button
          appearance="subtle"
          aria-label={`Take ${assignment.principalDisplayName} out`}
          icon={<DeleteRegular />}
          onClick={() => onRemove(assignment)}
        />
      ),
    },
  ]
}

function PrincipalName({
  assignment: { principalDisplayName, principalId, principalType },
}: {
  readonly assignment: Assignment
}) {
  const name = principalDisplayName ?? principalId
  if (principalType === 'ServicePrincipal') return name
  const page = principalType === 'User' ? '/people' : '/groups'
  return (
    <PathLink path={`${page}/${principalId}`} className="link list-name">
      {name}
    </PathLink>
  )
}

const typeLabels: Readonly<Record<Assignment['principalType'], string>> = {
  User: 'Person',
  Group: 'Group',
  ServicePrincipal: 'Program',
}

function roleName(roles: readonly AppRole[], id: string): string {
  return roles.find((role) => role.id === id)?.displayName ?? id
}

interface AssignBladeProps {
  readonly application: Application
  readonly principal: ServicePrincipal
  readonly assigned: readonly Assignment[]
  readonly onClose: () => void
}

function AssignBlade({ application, principal, assigned, onClose }: AssignBladeProps) {
  const [chosen, setChosen] = useState<readonly Principal[]>([])
  const [role, setRole] = useState(userRole)
  const changes = chosen.map((each) => assignmentOf(application, principal, each, role))
  const roles = principal.appRoles.filter(
    ({ isEnabled, allowedMemberTypes }) => isEnabled && allowedMemberTypes.includes('User'),
  )
  const have = assigned.filter(({ appRoleId }) => appRoleId === role)
  return (
    <FormBlade title="Let in people or groups" changes={changes} action="Let in" onClose={onClose}>
      {() => (
        <>
          <PrincipalPicker
            label="People and groups"
            chosen={chosen}
            onChange={setChosen}
            without={have.map(({ principalId }) => principalId)}
          />
          <ChoiceField
            label="Role"
            hint="Applications that know roles learn it with the headers and in the assertion."
            value={role}
            choices={roles.map(({ id, displayName }) => [id, displayName] as const)}
            onChange={setRole}
          />
        </>
      )}
    </FormBlade>
  )
}

function assignmentOf(
  application: Application,
  principal: ServicePrincipal,
  chosen: Principal,
  roleId: string,
): Change {
  const role = principal.appRoles.find(({ id }) => id === roleId)
  const assignments = assignmentsOf([chosen], role?.value ?? role?.displayName ?? roleId)
  return {
    method: 'POST',
    path: `/servicePrincipals/${principal.id}/appRoleAssignedTo`,
    body: { principalId: chosen.id, resourceId: principal.id, appRoleId: roleId },
    document: applicationPart(application, { assignments }),
    summary: `${chosen.displayName} may enter`,
  }
}
