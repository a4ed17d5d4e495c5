import * as methods from '../authentication-methods.ts'
import * as roles from '../directory-roles.ts'
import { getMe } from '../me.ts'
import * as people from '../people.ts'
import {
  assignments,
  directory,
  get,
  item,
  list,
  patch,
  post,
  type Route,
  remove,
} from '../route.ts'
import * as principals from '../service-principals.ts'

const persons = { area: 'person' } as const
const authentication = { area: 'authentication' } as const

/** People, how they sign in, their groups and roles. */
export const peopleRoutes: readonly Route[] = [
  get('/me', getMe, { area: 'self', ...item }),
  get('/users', people.listUsers, { ...persons, ...list }),
  post('/users', people.createUser, persons),
  get('/users/:user', people.getUser, { ...persons, ...item }),
  patch('/users/:user', people.patchUser, persons),
  remove('/users/:user', people.deleteUser, persons),
  post('/users/:user/revokesigninsessions', people.revokeSessions, persons),
  ...methodRoutes('/users/:user/authentication'),
  get('/users/:user/approleassignments', principals.listAssignmentsOfUser, {
    ...assignments,
    ...list,
  }),
  get('/directoryroles', roles.listRoles, { ...directory, ...list }),
  get('/directoryroles/:role', roles.getRole, { ...directory, ...item }),
  get('/directoryroles/:role/members', roles.listRoleMembers, { ...directory, ...list }),
  post('/directoryroles/:role/members/$ref', roles.addRoleMember, directory),
  remove('/directoryroles/:role/members/:member/$ref', roles.removeRoleMember, directory),
]

function methodRoutes(path: string): Route[] {
  const facts = { ...authentication, ...list }
  const kinds = [
    ['password', 'passwordmethods'],
    ['fido2', 'fido2methods'],
    ['softwareOath', 'softwareoathmethods'],
    ['temporaryAccessPass', 'temporaryaccesspassmethods'],
  ] as const
  return [
    get(`${path}/methods`, methods.listMethods, facts),
    get(`${path}/methods/:method`, methods.getMethod, { ...authentication, ...item }),
    // The original has it below `methods` in v1.0 and below `passwordMethods` in beta.
    post(`${path}/methods/:method/resetpassword`, methods.resetPassword, authentication),
    post(`${path}/passwordmethods/:method/resetpassword`, methods.resetPassword, authentication),
    post(`${path}/temporaryaccesspassmethods`, methods.createTemporaryPass, {
      ...authentication,
      toldOnce: true,
    }),
    ...kinds.flatMap(([kind, name]) => [
      get(`${path}/${name}`, methods.listMethodsOf(kind), facts),
      get(`${path}/${name}/:method`, methods.getMethodOf(kind), { ...authentication, ...item }),
      ...(kind === 'password'
        ? []
        : [remove(`${path}/${name}/:method`, methods.deleteMethodOf(kind), authentication)]),
    ]),
  ]
}
