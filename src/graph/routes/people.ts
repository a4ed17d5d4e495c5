import * as methods from '../authentication-methods.ts'
import * as roles from '../directory-roles.ts'
import { getMe, getMyAssignment, listAllMyPlaces, listMyAssignments, listMyPlaces } from '../me.ts'
import * as people from '../people.ts'
import { appRoleAssignment } from '../resource/applications.ts'
import * as resource from '../resource/people.ts'
import { directory, get, item, list, objects, patch, post, type Route, remove } from '../route.ts'
import { resetPasswordBody, temporaryPassBody } from '../shape/authentication-method.ts'
import { newUserBody, userBody } from '../shape/person.ts'
import { referenceBody } from '../shape/reference.ts'

const persons = { area: 'person' } as const
const authentication = { area: 'authentication' } as const

// A password is told only where none was sent.
const reset = {
  body: resetPasswordBody,
  answer: resource.passwordResetResponse,
  status: 202,
} as const

/** People, how they sign in, their groups and roles. */
export const peopleRoutes: readonly Route[] = [
  get('/me', getMe, { area: 'self', ...item }, resource.me),
  get('/me/appRoleAssignments', listMyAssignments, { area: 'self', ...list }, appRoleAssignment),
  get(
    '/me/appRoleAssignments/:assignment',
    getMyAssignment,
    { area: 'self', ...item },
    appRoleAssignment,
  ),
  get('/me/memberOf', listMyPlaces, { area: 'self', ...objects }, resource.place),
  get('/me/transitiveMemberOf', listAllMyPlaces, { area: 'self', ...objects }, resource.place),
  get('/users', people.listUsers, { ...persons, ...list }, resource.user),
  post('/users', people.createUser, persons, { body: newUserBody, answer: resource.user }),
  get('/users/:user', people.getUser, { ...persons, ...item }, resource.userWithIdentities),
  patch('/users/:user', people.patchUser, persons, userBody),
  remove('/users/:user', people.deleteUser, persons),
  post('/users/:user/revokeSignInSessions', people.revokeSessions, persons, {
    answer: resource.yes,
    status: 200,
  }),
  ...methodRoutes('/users/:user/authentication'),
  get('/directoryRoles', roles.listRoles, { ...directory, ...list }, resource.directoryRole),
  get('/directoryRoles/:role', roles.getRole, { ...directory, ...item }, resource.directoryRole),
  get(
    '/directoryRoles/:role/members',
    roles.listRoleMembers,
    { ...directory, ...objects },
    resource.member,
  ),
  post('/directoryRoles/:role/members/$ref', roles.addRoleMember, directory, {
    body: referenceBody,
  }),
  remove('/directoryRoles/:role/members/:member/$ref', roles.removeRoleMember, directory),
]

function methodRoutes(path: string): Route[] {
  const facts = { ...authentication, ...list }
  const kinds = [
    ['password', 'passwordMethods'],
    ['fido2', 'fido2Methods'],
    ['softwareOath', 'softwareOathMethods'],
    ['temporaryAccessPass', 'temporaryAccessPassMethods'],
  ] as const
  return [
    get(`${path}/methods`, methods.listMethods, facts, resource.anyMethod),
    get(
      `${path}/methods/:method`,
      methods.getMethod,
      { ...authentication, ...item },
      resource.anyMethod,
    ),
    // The original has it below `methods` in v1.0 and below `passwordMethods` in beta.
    post(`${path}/methods/:method/resetPassword`, methods.resetPassword, authentication, reset),
    post(
      `${path}/passwordMethods/:method/resetPassword`,
      methods.resetPassword,
      authentication,
      reset,
    ),
    post(
      `${path}/temporaryAccessPassMethods`,
      methods.createTemporaryPass,
      {
        ...authentication,
        toldOnce: true,
      },
      { body: temporaryPassBody, answer: resource.methods.temporaryAccessPass },
    ),
    ...kinds.flatMap(([kind, name]) => [
      get(`${path}/${name}`, methods.listMethodsOf(kind), facts, resource.methods[kind]),
      get(
        `${path}/${name}/:method`,
        methods.getMethodOf(kind),
        { ...authentication, ...item },
        resource.methods[kind],
      ),
      ...(kind === 'password'
        ? []
        : [remove(`${path}/${name}/:method`, methods.deleteMethodOf(kind), authentication)]),
    ]),
  ]
}
