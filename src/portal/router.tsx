import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { applicationSearch, detailSearch } from './applications/search.ts'
import { newConnectorSearch } from './connectors/search.ts'
import type { Appearance } from './shell/appearance.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

interface PortalContext {
  readonly appearance: Appearance
  readonly onAppearance: (appearance: Appearance) => void
}

const root = createRootRouteWithContext<PortalContext>()({
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

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})

const routeTree = root.addChildren([
  ...[home, applications, newApplication, application],
  ...[connectors, newConnector, connector],
  settings,
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
