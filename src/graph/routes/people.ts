import * as methods from '../authentication-methods.ts'
import * as roles from '../directory-roles.ts'
import * as people from '../people.ts'
import { directory, get, item, list, patch, post, type Route, remove } from '../route.ts'
import * as principals from '../service-principals.ts'

/** People, how they sign in, their groups and roles. */
export const peopleRoutes: readonly Route[] = [
  get('/users', people.listUsers, { ...directory, ...list }),
  post('/users', people.createUser, directory),
  get('/users/:user', people.getUser, { ...directory, ...item }),
  patch('/users/:user', people.patchUser, directory),
  remove('/users/:user', people.deleteUser, directory),
  post('/users/:user/revokesigninsessions', people.revokeSessions, directory),
  ...methodRoutes('/users/:user/authentication'),
  get('/users/:user/approleassignments', principals.listAssignmentsOfUser, {
    ...directory,
    ...list,
  }),
  get('/directoryroles', roles.listRoles, { ...directory, ...list }),
  get('/directoryroles/:role', roles.getRole, { ...directory, ...item }),
  get('/directoryroles/:role/members', roles.listRoleMembers, { ...directory, ...list }),
  post('/directoryroles/:role/members/$ref', roles.addRoleMember, directory),
  remove('/directoryroles/:role/members/:member/$ref', roles.removeRoleMember, directory),
]

function methodRoutes(path: string): Route[] {
  const facts = { ...directory, ...list }
  const kinds = [
    ['password', 'passwordmethods'],
    ['fido2', 'fido2methods'],
    ['softwareOath', 'softwareoathmethods'],
    ['temporaryAccessPass', 'temporaryaccesspassmethods'],
  ] as const
  return [
    get(`${path}/methods`, methods.listMethods, facts),
    get(`${path}/methods/:method`, methods.getMethod, { ...directory, ...item }),
    // The original has it below `methods` in v1.0 and below `passwordMethods` in beta.
    post(`${path}/methods/:method/resetpassword`, methods.resetPassword, directory),
    post(`${path}/passwordmethods/:method/resetpassword`, methods.resetPassword, directory),
    post(`${path}/temporaryaccesspassmethods`, methods.createTemporaryPass, {
      ...directory,
      toldOnce: true,
    }),
    ...kinds.flatMap(([kind, name]) => [
      get(`${path}/${name}`, methods.listMethodsOf(kind), facts),
      get(`${path}/${name}/:method`, methods.getMethodOf(kind), { ...directory, ...item }),
      ...(kind === 'password'
        ? []
        : [remove(`${path}/${name}/:method`, methods.deleteMethodOf(kind), directory)]),
    ]),
  ]
}
