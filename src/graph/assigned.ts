import type { Assignment, Group } from '../directory/directory.ts'
import type { Person } from '../identity/person.ts'
import type { Application } from '../publishing/application.ts'
import { type Call, linkOf, permitted } from './call.ts'
import { type Expand, type Expansions, toMany } from './expand.ts'
import { assignmentCollection, type NamedAssignment } from './shape/assignment.ts'

/** An assignment with the names that are shown beside its ids. */
type NameAssignment = (application: Application, assignment: Assignment) => NamedAssignment

/** The names of everybody who can be assigned. */
export async function readNames({ directory }: Call): Promise<NameAssignment> {
  const [people, groups] = await Promise.all([directory.listPeople(), directory.groups()])
  const clients = (await directory.applications()).map(({ servicePrincipalId, displayName }) => {
    return { id: servicePrincipalId, displayName }
  })
  const named = [...people, ...groups, ...clients]
  const names = new Map(named.map(({ id, displayName }) => [id, displayName]))
  return (application, assignment) => ({
    application,
    assignment,
    principalName: names.get(assignment.principalId),
  })
}

/** A person's own assignments, and those of the groups the person is in. */
export async function assignmentsOfPerson(
  call: Call,
  person: Person,
): Promise<readonly NamedAssignment[]> {
  const names = await readNames(call)
  const found: NamedAssignment[] = []
  for (const application of await applicationsOf(call, person)) {
    for (const assignment of await call.directory.assignments(application.id)) {
      if (await isMeant(call, assignment, person.id)) found.push(names(application, assignment))
    }
  }
  return found
}

/** The assignments of a group. */
export async function assignmentsOfGroup(
  call: Call,
  { id }: Pick<Group, 'id'>,
): Promise<readonly NamedAssignment[]> {
  const names = await readNames(call)
  const { applications, memberships } = await call.directory.state()
  const found: NamedAssignment[] = []
  for (const application of applications) {
    if (!memberships.assignedGroups.get(application.id)?.has(id)) continue
    for (const assignment of await call.directory.assignments(application.id)) {
      if (assignment.principalId === id) found.push(names(application, assignment))
    }
  }
  return found
}

// What the edge decides from narrows thousands of applications to a few; it does not know disabled people.
async function applicationsOf(call: Call, person: Person): Promise<readonly Application[]> {
  if (!person.enabled) return call.directory.applications()
  const { applications, access } = await call.directory.state()
  return applications.filter(({ id }) => access.assigned.get(id)?.has(person.id))
}

async function isMeant(call: Call, assignment: Assignment, personId: string): Promise<boolean> {
  if (assignment.principalType !== 'Group') return assignment.principalId === personId
  const members = await call.directory.groupMembers(assignment.principalId)
  return members.some((member) => member.id === personId)
}

/** What `$expand` may name at a service principal: those who may enter. */
export function assignedTo(call: Call): Expansions<Application> {
  const read = async (application: Application) => {
    const names = await readNames(call)
    const all = await call.directory.assignments(application.id)
    return all.map((each) => names(application, each))
  }
  const link = ({ servicePrincipalId: id }: Application) =>
    linkOf(call, `servicePrincipals/${id}/appRoleAssignedTo`)
  const expand = toMany(assignmentCollection(call.version), read, link)
  return { appRoleAssignedTo: permitted(call, 'assignment', expand) }
}

/** `appRoleAssignments` of people in an `$expand`. */
export function expandRolesOfPeople(call: Call): Expand<Person> {
  return expandRoles(call, 'users', assignmentsOfPerson)
}

/** The same of groups. */
export function expandRolesOfGroups(call: Call): Expand<Group> {
  return expandRoles(call, 'groups', assignmentsOfGroup)
}

function expandRoles<Holder extends { readonly id: string }>(
  call: Call,
  collection: 'users' | 'groups',
  read: (call: Call, holder: Holder) => Promise<readonly NamedAssignment[]>,
): Expand<Holder> {
  const expand = toMany(
    assignmentCollection(call.version),
    (holder: Holder) => read(call, holder),
    ({ id }) => linkOf(call, `${collection}/${id}/appRoleAssignments`),
  )
  return permitted(call, 'assignment', expand)
}
