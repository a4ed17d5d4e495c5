import * as applications from './applications.ts'
import { getSignIn, listAudits, listSignIns } from './audit-logs.ts'
import * as methods from './authentication-methods.ts'
import type { Handler } from './call.ts'
import * as certificates from './certificates.ts'
import * as permissions from './client-permissions.ts'
import * as access from './conditional-access.ts'
import * as connectors from './connectors.ts'
import * as credentials from './credentials.ts'
import * as roles from './directory-roles.ts'
import * as health from './health.ts'
import * as identityProviders from './identity-providers.ts'
import * as people from './people.ts'
import * as publishing from './publishing.ts'
import { itemOptions, listOptions, logOptions, type QueryOption } from './query.ts'
import * as principals from './service-principals.ts'
import * as lifetimes from './token-lifetimes.ts'

/** Which permissions open a route. */
export type Area =
  | 'application'
  | 'profile'
  | 'lifetime'
  | 'directory'
  | 'policy'
  | 'policy-change'
  | 'log'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In canonical spelling (path.ts), keys as `:name`. */
  readonly path: string
  readonly handler: Handler
  readonly area: Area
  /** Query options it takes; none if unsaid. */
  readonly options?: readonly QueryOption[]
  /** The original has everything about publishing under `/beta` only. */
  readonly versions?: 'beta' | 'both'
}

const application = '/applications/:application'
const published = `${application}/onpremisespublishing`
const configuration = `${published}/segmentsconfiguration`
const web = `${configuration}/microsoft.graph.websegmentconfiguration`
const segments = `${web}/applicationsegments`
const profile = '/onpremisespublishingprofiles/applicationproxy'
const connector = `${profile}/connectors/:connector`
const group = `${profile}/connectorgroups/:group`
const certificate = `${profile}/certificates/:certificate`
const providers = '/identity/identityproviders'
const provider = `${providers}/:provider`
const principal = '/serviceprincipals/:principal'
const conditionalAccess = '/identity/conditionalaccess'
const policy = `${conditionalAccess}/policies/:policy`
const location = `${conditionalAccess}/namedlocations/:location`

const list = { options: listOptions } as const
const item = { options: itemOptions } as const
const beta = { versions: 'beta' } as const
const apps = { area: 'application' } as const
const profiles = { area: 'profile', ...beta } as const
const directory = { area: 'directory' } as const
const logs = { area: 'log' } as const
const lifetime = { area: 'lifetime' } as const
const lifetimePolicies = '/policies/tokenlifetimepolicies'
const policies = { area: 'policy' } as const
const policyChanges = { area: 'policy-change' } as const

/** The whole API. */
export const routes: readonly Route[] = [
  get('/applicationtemplates', applications.listTemplates, { ...apps, ...list }),
  get('/applicationtemplates/:template', applications.getTemplate, { ...apps, ...item }),
  post('/applicationtemplates/:template/instantiate', applications.instantiateTemplate, apps),

  get('/applications', applications.listApplications, { ...apps, ...list }),
  post('/applications', applications.createApplication, apps),
  get(application, applications.getApplication, { ...apps, ...item }),
  patch(application, applications.patchApplication, apps),
  remove(application, applications.deleteApplication, apps),
  // Whoever has a client's secret is that client: Application.ReadWrite.All does not make one.
  post(`${application}/addpassword`, credentials.addPassword, directory),
  post(`${application}/removepassword`, credentials.removePassword, directory),
  get(`${application}/connectorgroup`, connectors.getGroupOfApplication, {
    ...apps,
    ...beta,
    ...item,
  }),
  put(`${application}/connectorgroup/$ref`, connectors.setGroupOfApplication, {
    ...apps,
    ...beta,
  }),

  get(published, publishing.getPublishing, { ...apps, ...beta }),
  patch(published, publishing.patchPublishing, { ...apps, ...beta }),
  get(configuration, publishing.getSegmentsConfiguration, { ...apps, ...beta }),
  get(web, publishing.getSegmentsConfiguration, { ...apps, ...beta }),
  get(segments, publishing.listSegments, { ...apps, ...beta, ...list }),
  post(segments, publishing.createSegment, { ...apps, ...beta }),
  get(`${segments}/:segment`, publishing.getSegment, { ...apps, ...beta, ...item }),
  patch(`${segments}/:segment`, publishing.patchSegment, { ...apps, ...beta }),
  remove(`${segments}/:segment`, publishing.deleteSegment, { ...apps, ...beta }),
  ...ruleRoutes(`${segments}/:segment/corsconfigurations`),
  ...ruleRoutes(`${published}/corsconfigurations`),
  get(`${published}/segmenthealth`, health.listSegmentHealth, { ...apps, ...beta, ...list }),
  get(`${published}/corsrefusals`, publishing.listCorsRefusals, { ...apps, ...beta, ...list }),

  get(profile, connectors.getProfile, profiles),
  get(`${profile}/connectors`, connectors.listConnectors, { ...profiles, ...list }),
  get(connector, connectors.getConnector, { ...profiles, ...item }),
  remove(connector, connectors.deleteConnector, profiles),
  post(`${connector}/drain`, connectors.drainConnector, profiles),
  post(`${connector}/resume`, connectors.resumeConnector, profiles),
  get(`${connector}/originhealth`, health.listOriginHealth, { ...profiles, ...list }),
  get(`${connector}/memberof`, connectors.listGroupsOfConnector, { ...profiles, ...list }),
  post(`${connector}/memberof/$ref`, connectors.moveConnectorToGroup, profiles),
  get(`${profile}/connectorgroups`, connectors.listConnectorGroups, { ...profiles, ...list }),
  post(`${profile}/connectorgroups`, connectors.createConnectorGroup, profiles),
  get(group, connectors.getConnectorGroup, { ...profiles, ...item }),
  patch(group, connectors.patchConnectorGroup, profiles),
  remove(group, connectors.deleteConnectorGroup, profiles),
  get(`${group}/members`, connectors.listConnectorsOfGroup, { ...profiles, ...list }),
  post(`${group}/members/$ref`, connectors.addConnectorToGroup, profiles),
  get(`${group}/applications`, connectors.listApplicationsOfGroup, { ...profiles, ...list }),
  post(`${group}/applications`, connectors.addApplicationToGroup, profiles),
  post(`${group}/enrolmenttokens`, connectors.createEnrolmentToken, profiles),

  get(`${profile}/certificates`, certificates.listCertificates, { ...profiles, ...list }),
  post(`${profile}/certificates`, certificates.createCertificate, profiles),
  get(certificate, certificates.getCertificate, { ...profiles, ...item }),
  remove(certificate, certificates.deleteCertificate, profiles),
  get(`${profile}/acmehosts`, certificates.listAcmeHosts, { ...profiles, ...list }),

  get('/serviceprincipals', principals.listServicePrincipals, { ...apps, ...list }),
  get(principal, principals.getServicePrincipal, { ...apps, ...item }),
  patch(principal, principals.patchServicePrincipal, apps),
  get(`${principal}/approleassignedto`, principals.listAssignments, { ...apps, ...list }),
  // Application.ReadWrite.All lets nobody in, no program either (applications.ts): that would let its holder in, too.
  post(`${principal}/approleassignedto`, principals.createAssignment, directory),
  remove(`${principal}/approleassignedto/:assignment`, principals.deleteAssignment, directory),
  get(`${principal}/approleassignments`, permissions.listRolesOfClient, { ...apps, ...list }),
  post(`${principal}/approleassignments`, permissions.grantRoleToClient, directory),
  remove(`${principal}/approleassignments/:assignment`, permissions.revokeRoleOfClient, directory),

  get(lifetimePolicies, lifetimes.listPolicies, { ...lifetime, ...list }),
  post(lifetimePolicies, lifetimes.createPolicy, lifetime),
  get(`${lifetimePolicies}/:policy`, lifetimes.getPolicy, { ...lifetime, ...item }),
  patch(`${lifetimePolicies}/:policy`, lifetimes.patchPolicy, lifetime),
  remove(`${lifetimePolicies}/:policy`, lifetimes.deletePolicy, lifetime),
  get(`${lifetimePolicies}/:policy/appliesto`, lifetimes.listAppliesTo, { ...lifetime, ...list }),
  ...lifetimeRoutes(application, lifetimes.ofApplication),
  ...lifetimeRoutes(principal, lifetimes.ofPrincipal),

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
  get(providers, identityProviders.listProviders, { ...directory, ...beta, ...list }),
  post(providers, identityProviders.createProvider, { ...directory, ...beta }),
  get(provider, identityProviders.getProvider, { ...directory, ...beta, ...item }),
  patch(provider, identityProviders.patchProvider, { ...directory, ...beta }),
  remove(provider, identityProviders.deleteProvider, { ...directory, ...beta }),
  get(`${provider}/health`, identityProviders.getProviderHealth, { ...directory, ...beta }),
  post(`${provider}/rotateclientkey`, identityProviders.rotateClientKey, {
    ...directory,
    ...beta,
  }),
  get('/directoryroles', roles.listRoles, { ...directory, ...list }),
  get('/directoryroles/:role', roles.getRole, { ...directory, ...item }),
  get('/directoryroles/:role/members', roles.listRoleMembers, { ...directory, ...list }),
  post('/directoryroles/:role/members/$ref', roles.addRoleMember, directory),
  remove('/directoryroles/:role/members/:member/$ref', roles.removeRoleMember, directory),
  get('/groups', people.listGroups, { ...directory, ...list }),
  post('/groups', people.createGroup, directory),
  get('/groups/:group', people.getGroup, { ...directory, ...item }),
  remove('/groups/:group', people.deleteGroup, directory),
  get('/groups/:group/members', people.listMembers, { ...directory, ...list }),
  post('/groups/:group/members/$ref', people.addMember, directory),
  remove('/groups/:group/members/:member/$ref', people.removeMember, directory),

  get(`${conditionalAccess}/policies`, access.listPolicies, { ...policies, ...list }),
  post(`${conditionalAccess}/policies`, access.createPolicy, policyChanges),
  get(policy, access.getPolicy, { ...policies, ...item }),
  patch(policy, access.patchPolicy, policyChanges),
  remove(policy, access.deletePolicy, policyChanges),
  get(`${conditionalAccess}/namedlocations`, access.listLocations, { ...policies, ...list }),
  post(`${conditionalAccess}/namedlocations`, access.createLocation, policyChanges),
  get(location, access.getLocation, { ...policies, ...item }),
  patch(location, access.patchLocation, policyChanges),
  remove(location, access.deleteLocation, policyChanges),
  post(`${conditionalAccess}/evaluate`, access.evaluate, policies),

  get('/auditlogs/directoryaudits', listAudits, { ...logs, ...list }),
  get('/auditlogs/signins', listSignIns, { ...logs, options: logOptions }),
  get('/auditlogs/signins/:signin', getSignIn, { ...logs, ...item }),
]

function lifetimeRoutes(owner: string, policies: typeof lifetimes.ofApplication): Route[] {
  const path = `${owner}/tokenlifetimepolicies`
  return [
    get(path, policies.list, { ...lifetime, ...list }),
    post(`${path}/$ref`, policies.add, lifetime),
    remove(`${path}/:policy/$ref`, policies.remove, lifetime),
  ]
}

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
    post(`${path}/temporaryaccesspassmethods`, methods.createTemporaryPass, directory),
    ...kinds.flatMap(([kind, name]) => [
      get(`${path}/${name}`, methods.listMethodsOf(kind), facts),
      get(`${path}/${name}/:method`, methods.getMethodOf(kind), { ...directory, ...item }),
      ...(kind === 'password'
        ? []
        : [remove(`${path}/${name}/:method`, methods.deleteMethodOf(kind), directory)]),
    ]),
  ]
}

function ruleRoutes(path: string): Route[] {
  return [
    get(path, publishing.listRules, { ...apps, ...beta, ...list }),
    post(path, publishing.createRule, { ...apps, ...beta }),
    get(`${path}/:rule`, publishing.getRule, { ...apps, ...beta, ...item }),
    patch(`${path}/:rule`, publishing.patchRule, { ...apps, ...beta }),
    remove(`${path}/:rule`, publishing.deleteRule, { ...apps, ...beta }),
  ]
}

type Facts = Pick<Route, 'area' | 'options' | 'versions'>

function get(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'GET', path, handler, ...facts }
}

function post(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'POST', path, handler, ...facts }
}

function put(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'PUT', path, handler, ...facts }
}

function patch(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'PATCH', path, handler, ...facts }
}

function remove(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'DELETE', path, handler, ...facts }
}
