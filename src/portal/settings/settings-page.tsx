import { Page } from '../parts/page.tsx'
import { AboutEdge } from './about-edge.tsx'
import { ConfigurationFile } from './configuration-file.tsx'
import { IdentityProviders } from './identity-providers.tsx'
import { Limits } from './limits.tsx'
import { MyPermissions } from './my-permissions.tsx'
import './settings.css'

/** What holds for the edge as a whole. */
export function SettingsPage() {
  return (
    <Page
      title="Settings"
      lead="Where people sign in, the configuration as a file, and how this edge runs."
    >
      <div className="sections">
        <IdentityProviders />
        <ConfigurationFile />
        <MyPermissions />
        <AboutEdge />
        <Limits />
      </div>
    </Page>
  )
}
