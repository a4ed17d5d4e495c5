import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { applicationSearch, detailSearch } from './applications/search.ts'
import { newConnectorSearch } from './connectors/search.ts'
import { crossOriginSearch } from './cross-origin/search.ts'
import { doctorSearch } from './doctor/search.ts'
import { groupsSearch } from './groups/search.ts'
import { auditSearch, signInSearch } from './logs/search.ts'
import { compact } from './parts/search.ts'
import { peopleSearch, personSearch } from './people/search.ts'
import { policiesSearch } from './policies/search.ts'
import { requestsSearch } from './requests/search.ts'
import { revisionSearch } from './revisions/search.ts'
import type { Appearance } from './shell/appearance.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { topologySearch } from './topology/search.ts'

interface PortalContext {
  readonly appearance: Appearance
  readonly onAppearance: (appearance: Appearance) => void
}

const root = createRootRouteWithContext<PortalContext>()({
  // A filter that is emptied is one that is not there, on every page.
  search: { middlewares: [({ search, next }) => compact(next(search))] },
  component: () => <Shell {...root.useRouteContext()} />,
  notFoundComponent: NotFound,
})

// Each page is a file of its own, loaded when somebody goes there.
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
})

const applications = createRoute({
  getParentRoute: () => root,
  path: '/applications',
  validateSearch: applicationSearch,
  component: lazyRouteComponent(
    () => import('./applications/applications-page.tsx'),
    'ApplicationsPage',
  ),
})

const newApplication = createRoute({
  getParentRoute: () => root,
  path: '/applications/new',
  component: lazyRouteComponent(
    () => import('./applications/new-application-page.tsx'),
    'NewApplicationPage',
  ),
})

const application = createRoute({
  getParentRoute: () => root,
  path: '/applications/$id',
  validateSearch: detailSearch,
  component: lazyRouteComponent(
    () => import('./applications/application-page.tsx'),
    'ApplicationPage',
  ),
})

const connectors = createRoute({
  getParentRoute: () => root,
  path: '/connectors',
  component: lazyRouteComponent(() => import('./connectors/connectors-page.tsx'), 'ConnectorsPage'),
})

const newConnector = createRoute({
  getParentRoute: () => root,
  path: '/connectors/new',
  validateSearch: newConnectorSearch,
  component: lazyRouteComponent(
    () => import('./connectors/new-connector-page.tsx'),
    'NewConnectorPage',
  ),
})

const connector = createRoute({
  getParentRoute: () => root,
  path: '/connectors/$id',
  component: lazyRouteComponent(() => import('./connectors/connector-page.tsx'), 'ConnectorPage'),
})

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  validateSearch: doctorSearch,
  component: lazyRouteComponent(() => import('./doctor/doctor-page.tsx'), 'DoctorPage'),
})

const crossOrigin = createRoute({
  getParentRoute: () => root,
  path: '/cross-origin',
  validateSearch: crossOriginSearch,
  component: lazyRouteComponent(
    () => import('./cross-origin/cross-origin-page.tsx'),
    'CrossOriginPage',
  ),
})

const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import('./requests/requests-page.tsx'), 'RequestsPage'),
})

const request = createRoute({
  getParentRoute: () => root,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('./requests/request-page.tsx'), 'RequestPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})

const newPerson = createRoute({
  getParentRoute: () => root,
  path: '/people/new',
  component: lazyRouteComponent(() => import('./people/new-person-page.tsx'), 'NewPersonPage'),
})

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$id',
  validateSearch: personSearch,
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
})

const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  validateSearch: groupsSearch,
  component: lazyRouteComponent(() => import('./groups/groups-page.tsx'), 'GroupsPage'),
})

const group = createRoute({
  getParentRoute: () => root,
  path: '/groups/$id',
  component: lazyRouteComponent(() => import('./groups/group-page.tsx'), 'GroupPage'),
})

const policies = createRoute({
  getParentRoute: () => root,
  path: '/policies',
  validateSearch: policiesSearch,
  component: lazyRouteComponent(() => import('./policies/policies-page.tsx'), 'PoliciesPage'),
})

const newPolicy = createRoute({
  getParentRoute: () => root,
  path: '/policies/new',
  component: lazyRouteComponent(() => import('./policies/new-policy-page.tsx'), 'NewPolicyPage'),
})

const policy = createRoute({
  getParentRoute: () => root,
  path: '/policies/$id',
  component: lazyRouteComponent(() => import('./policies/policy-page.tsx'), 'PolicyPage'),
})

const certificates = createRoute({
  getParentRoute: () => root,
  path: '/certificates',
  component: lazyRouteComponent(
    () => import('./certificates/certificates-page.tsx'),
    'CertificatesPage',
  ),
})

const signIns = createRoute({
  getParentRoute: () => root,
  path: '/sign-ins',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./logs/sign-ins-page.tsx'), 'SignInsPage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./logs/audit-page.tsx'), 'AuditPage'),
})

const revisions = createRoute({
  getParentRoute: () => root,
  path: '/revisions',
  validateSearch: revisionSearch,
  component: lazyRouteComponent(() => import('./revisions/revisions-page.tsx'), 'RevisionsPage'),
})

const revision = createRoute({
  getParentRoute: () => root,
  path: '/revisions/$id',
  component: lazyRouteComponent(() => import('./revisions/revision-page.tsx'), 'RevisionPage'),
})

const topology = createRoute({
  getParentRoute: () => root,
  path: '/topology',
  validateSearch: topologySearch,
  component: lazyRouteComponent(() => import('./topology/topology-page.tsx'), 'TopologyPage'),
})

const routeTree = root.addChildren([
  ...[home, applications, newApplication, application],
  ...[connectors, newConnector, connector],
  ...[crossOrigin, topology, doctor, requests, request],
  settings,
  ...[people, newPerson, person, groups, group],
  ...[policies, newPolicy, policy],
  ...[certificates, signIns, audit, revisions, revision],
])

/** All pages of the portal. */
export function createPortalRouter() {
  return createRouter({
    routeTree,
    context: { appearance: 'system', onAppearance: () => {} },
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>
  }
}
