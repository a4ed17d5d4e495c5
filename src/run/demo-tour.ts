import {
  createApplication,
  findApplication,
  findFirst,
  moveAddresses,
  type Place,
} from './demo-applications.ts'
import type { GraphClient } from './graph-client.ts'

const displayName = 'Contoso shop'
/** The portal's first page leads through the applications that carry it (src/portal/home). */
const tourTag = 'GuidedTour'

/** The two halves of the shop: a page, and the service that it calls. */
export interface TourPlaces {
  readonly shop: Place
  readonly stock: Place
}

/**
 * Publishes a second complex application whose CORS rules somebody forgot: its page is there, and the call that it lives
 * by fails. Repeatable; what an administrator has made of it since stays, at the addresses of this run. [G5]
 */
export async function seedTour(graph: GraphClient, { shop, stock }: TourPlaces): Promise<void> {
  const known = await findApplication(graph, displayName)
  if (known !== undefined) return moveAddresses(graph, known, [shop, stock])
  const id = await createApplication(graph, displayName)
  await graph.call('PATCH', `/applications/${id}`, {
    tags: [tourTag],
    web: { homePageUrl: shop.externalUrl },
    onPremisesPublishing: {
      externalAuthenticationType: 'aadPreAuthentication',
      onPremisesApplicationSegments: [shop, stock].map(({ externalUrl, internalUrl }) => ({
        externalUrl,
        internalUrl,
        alternateUrl: '',
        corsConfigurations: [],
      })),
    },
  })
  const { appId } = (await graph.call('GET', `/applications/${id}`)) ?? {}
  const principal = await findFirst(graph, `/servicePrincipals?$filter=appId eq '${appId}'`)
  await graph.call('PATCH', `/servicePrincipals/${principal?.['id']}`, {
    appRoleAssignmentRequired: false,
  })
}
