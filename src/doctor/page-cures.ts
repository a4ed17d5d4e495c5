import { isHostLabel } from '../http/label.ts'
import { applicationKind } from '../publishing/application.ts'
import { type Finding, type FindingId, findingTexts } from './findings.ts'
import type { Hop } from './hops.ts'
import type { Option, Retry } from './option.ts'
import { pageRoute, publishedUrl } from './page-address.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { needOf, ruleFor } from './rule-cure.ts'
import { applicationOf } from './rule-hints.ts'

const none = { seedOption: undefined, change: undefined, manual: undefined, retry: undefined }

/** Cures where the page itself asks wrongly: another address, other credentials, another mode. */
export function pageCures(
  parts: DoctorParts,
  call: PageCall,
  { id }: Pick<Finding, 'id'>,
  hop: Hop | undefined,
): readonly Option[] {
  const retry = retryOf(id, call)
  if (retry) return [changePage(id, retry)]
  if (id === 'internal-url-called') return publishedAddress(parts, call)
  if (id === 'segment-not-listed') return addSegment(parts, call, hop)
  if (id === 'local-network') return [allowLocalNetwork, ...addSegment(parts, call, hop)]
  return id === 'host-not-published' ? addSegment(parts, call, hop) : []
}

function retryOf(id: FindingId, { targetUrl }: PageCall): (Retry & { say: string }) | undefined {
  if (id === 'credentials-omitted' || id === 'credentials-not-included') {
    return { credentials: 'include', say: 'Call fetch(url, { credentials: "include" }).' }
  }
  if (id === 'opaque-answer') return { mode: 'cors', say: 'Leave out mode: "no-cors".' }
  if (id !== 'mixed-content') return undefined
  const secure = targetUrl.replace(/^http:/, 'https:')
  return { targetUrl: secure, say: `Call ${secure}.` }
}

function changePage(id: FindingId, { say, ...retry }: Retry & { say: string }): Option {
  return {
    ...none,
    id: 'change-page',
    seedOption: 4,
    title: 'Change the page',
    effort: 6,
    explanation: `${findingTexts[id].title}; that is in the code of the page.`,
    manual: say,
    retry,
  }
}

/** The internal address is published: the page has to use the published one. */
function publishedAddress(parts: DoctorParts, call: PageCall): readonly Option[] {
  const targetUrl = publishedUrl(parts, call)
  const from = pageRoute(parts, call)
  if (targetUrl === undefined || !from) return []
  const { id: applicationId, translateLinksInBody, displayName } = from.route.application
  const byHand: Option = {
    ...none,
    id: 'published-url',
    title: 'Let the page call the published address',
    effort: 4,
    explanation: 'The address mostly stands in the configuration of the page, not in its code.',
    manual: `Call ${targetUrl} in place of ${call.targetUrl}.`,
    retry: { targetUrl },
  }
  if (translateLinksInBody) return [byHand]
  const translated: Option = {
    ...none,
    id: 'translate-links',
    title: 'Translate links in pages',
    effort: 1,
    explanation: `The edge writes the published address into HTML and CSS of “${displayName}”. It does not see addresses that a script puts together or reads from data.`,
    change: { kind: 'edit-publishing', applicationId, set: { translateLinksInBody: true } },
    retry: { targetUrl },
  }
  return [translated, byHand]
}

/** One more segment in the complex application of the page, with a rule for the page. */
function addSegment(parts: DoctorParts, call: PageCall, hop: Hop | undefined): readonly Option[] {
  const from = pageRoute(parts, call)
  const application = from && applicationOf(parts, from)
  const { externalUrl, internalUrl } = application?.publishing ?? {}
  if (!application?.publishing || !externalUrl || !internalUrl || !hop) return []
  if (applicationKind(application.publishing) !== 'complex') return []
  const target = new URL(call.targetUrl)
  const outside = addressUnder(externalUrl, target)
  const isOutside = outside === target.origin
  const label = new URL(outside).hostname.split('.')[0] ?? ''
  const inside = isOutside ? internalUrl.replace('*', label) : `${target.origin}/`
  return [
    {
      ...none,
      id: 'add-segment',
      seedOption: 6,
      title: 'Add a segment to the complex application of the page',
      effort: 2,
      explanation: `${outside}/ then leads to ${inside}, for everybody whom “${application.displayName}” lets in. Correct the internal URL if the application stands elsewhere.`,
      change: {
        kind: 'add-segment',
        applicationId: application.id,
        segment: {
          externalUrl: `${outside}/`,
          internalUrl: inside,
          corsRules: [ruleFor(needOf(hop, call), '/')],
        },
      },
      manual: isOutside ? undefined : `Let the page call ${outside}${target.pathname}.`,
      retry: { targetUrl: `${outside}${target.pathname}${target.search}` },
    },
  ]
}

/** The origin itself where it lies under the wildcard, else one that does, by the first label of the internal host. */
function addressUnder(wildcard: string, target: URL): string {
  const { protocol, host } = new URL(wildcard.replace('*.', ''))
  const label = target.hostname.split('.')[0] ?? ''
  const named = `${protocol}//${isHostLabel(label) ? label : 'api'}.${host}`
  const isUnder = target.origin === named
  return isUnder ? target.origin : named
}

const allowLocalNetwork: Option = {
  ...none,
  id: 'allow-local-network',
  title: 'Allow the local network in the browser',
  effort: 3,
  explanation: 'Helps people inside the network only, one browser at a time.',
  manual:
    'Grant the page the permission “local network access”, or set the browser’s policy for it.',
}
