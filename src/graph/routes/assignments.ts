import { getAssignment, ofGroup, ofUser } from '../assignments.ts'
import { appRoleAssignment } from '../resource/applications.ts'
import {
  assignments,
  get,
  item,
  list,
  owned,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import { assignmentBody } from '../shape/assignment.ts'

/** Who may enter what, from the side of those who may. */
export const assignmentRoutes: readonly Route[] = [
  ...rowsOf('/users/:user', ofUser),
  ...rowsOf('/groups/:group', ofGroup),
  get(
    `${principal}/appRoleAssignedTo/:assignment`,
    getAssignment,
    { ...assignments, ...item, ...owned },
    appRoleAssignment,
  ),
]

function rowsOf(owner: string, of: typeof ofUser): Route[] {
  const path = `${owner}/appRoleAssignments`
  return [
    get(path, of.list, { ...assignments, ...list }, appRoleAssignment),
    post(path, of.create, assignments, { body: assignmentBody, answer: appRoleAssignment }),
    get(`${path}/:assignment`, of.get, { ...assignments, ...item }, appRoleAssignment),
    remove(`${path}/:assignment`, of.remove, assignments),
  ]
}
