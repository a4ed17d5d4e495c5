import { type Change, sendChange } from '../api/client.ts'
import type { CorsRule, Publishing, Segment } from '../api/types.ts'
import { hostLabel } from '../parts/addresses.ts'
import type { Principal } from '../parts/principal-picker.tsx'
import { assignmentsOf } from './documents.ts'

/** One pair of a new complex application; an empty external URL is the proposed one. */
export interface NewSegment {
  readonly key: number
  readonly internalUrl: string
  readonly externalUrl: string
}

/** Who of the segments may call whom, as somebody chooses at the beginning. */
export type CallPattern = 'siblings' | 'fromFirst' | 'none'

/** What the form for a new application has. */
export interface NewApplication {
  readonly kind: 'regular' | 'complex'
  readonly displayName: string
  readonly internalUrl: string
  /** Empty: the proposed one. */
  readonly externalUrl: string
  readonly segments: readonly NewSegment[]
  readonly calls: CallPattern
  /** Empty: the default one. */
  readonly connectorGroupId: string
  readonly preAuthentication: boolean
  readonly everybody: boolean
  readonly principals: readonly Principal[]
}

export const nothingYet: NewApplication = {
  kind: 'regular',
  displayName: '',
  internalUrl: '',
  externalUrl: '',
  segments: [
    { key: 1, internalUrl: '', externalUrl: '' },
    { key: 2, internalUrl: '', externalUrl: '' },
  ],
  calls: 'siblings',
  connectorGroupId: '',
  preAuthentication: true,
  everybody: false,
  principals: [],
}

/** The external URL that is proposed for a name: `https://wiki.contoso.com/`. Empty while there is no name. */
export function proposeExternalUrl(displayName: string, domain: string): string {
  const label = hostLabel(displayName)
  return label === '' ? '' : `https://${label}.${domain}/`
}

/** The external URL that is proposed for a segment: the first label of the internal host, or its place in the list. */
export function proposeSegmentUrl(
  { internalUrl }: Pick<NewSegment, 'internalUrl'>,
  displayName: string,
  index: number,
  domain: string,
): string {
  const host = URL.parse(internalUrl)?.hostname ?? ''
  // An address says nothing about what stands there.
  const isName = host !== '' && !/^\[|^[\d.]+$/.test(host) && host !== 'localhost'
  const label = isName ? hostLabel(host.split('.')[0] ?? '') : hostLabel(displayName)
  if (label === '') return ''
  return `https://${label}${isName || index === 0 ? '' : `-${index + 1}`}.${domain}/`
}

/** The segments as they will be published. */
export function segmentsToPublish(form: NewApplication, domain: string): Segment[] {
  const urls = form.segments.map(
    (segment, index) =>
      segment.externalUrl || proposeSegmentUrl(segment, form.displayName, index, domain),
  )
  return form.segments.map(({ internalUrl }, index) => ({
    externalUrl: urls[index] ?? '',
    internalUrl,
    corsConfigurations: form.calls === 'fromFirst' && index > 0 ? rulesFor(urls[0] ?? '') : [],
  }))
}

function rulesFor(pageUrl: string): CorsRule[] {
  const origin = URL.parse(pageUrl)?.origin
  if (origin === undefined) return []
  const anything = { allowedMethods: ['*'], allowedHeaders: ['*'] }
  return [{ resource: '/', allowedOrigins: [origin], ...anything }]
}

/** `onPremisesPublishing` of the new application. */
export function publishingOf(form: NewApplication, domain: string): Partial<Publishing> {
  const externalAuthenticationType = form.preAuthentication ? 'aadPreAuthentication' : 'passthru'
  if (form.kind === 'complex') {
    return {
      externalAuthenticationType,
      allowSiblingSegments: form.calls === 'siblings',
      segmentsConfiguration: { applicationSegments: segmentsToPublish(form, domain) },
    }
  }
  const externalUrl = form.externalUrl || proposeExternalUrl(form.displayName, domain)
  return { externalAuthenticationType, externalUrl, internalUrl: form.internalUrl }
}

const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
/** Every application's role for people who may enter. */
export const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'

/** The ids of what the first call makes, which the others name. */
export interface MadeIds {
  readonly application: string
  readonly principal: string
}

// For the calls as they are shown before anything is made.
const placeholders: MadeIds = { application: '{application-id}', principal: '{principal-id}' }

/** The call that makes an application; its answer has the ids for the others. */
export function creation({ displayName }: NewApplication): Change {
  const path = `/applicationTemplates/${customTemplate}/instantiate`
  return { method: 'POST', path, body: { displayName }, summary: `Create ${displayName}` }
}

/** The whole of it as part of a configuration document, which makes it in one go. */
export function creationDocument(
  form: NewApplication,
  domain: string,
  groupName: string | undefined,
): object {
  const { segmentsConfiguration, ...publishing } = publishingOf(form, domain)
  const segments = segmentsConfiguration?.applicationSegments
  return {
    applications: [
      {
        displayName: form.displayName,
        ...(groupName !== undefined && { connectorGroup: groupName }),
        appRoleAssignmentRequired: !form.everybody,
        onPremisesPublishing: {
          ...publishing,
          ...(segments && { onPremisesApplicationSegments: segments }),
        },
        ...(!form.everybody && { assignments: assignmentsOf(form.principals, 'User') }),
      },
    ],
  }
}

/** The calls that make it what the form says, in their order. */
export function furtherChanges(
  form: NewApplication,
  domain: string,
  ids: MadeIds = placeholders,
): readonly Change[] {
  const { connectorGroupId: group, displayName } = form
  const at = `/applications/${ids.application}`
  const groups = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups'
  const moved: Change = {
    method: 'PUT',
    path: `${at}/connectorGroup/$ref`,
    body: { '@odata.id': `${groups}/${group}` },
    summary: 'Choose its connector group',
  }
  const published: Change = {
    method: 'PATCH',
    path: at,
    body: { onPremisesPublishing: publishingOf(form, domain) },
    summary: `Publish ${displayName}`,
  }
  return [...(group === '' ? [] : [moved]), published, ...entryChanges(form, ids)]
}

function entryChanges(form: NewApplication, ids: MadeIds): readonly Change[] {
  const at = `/servicePrincipals/${ids.principal}`
  if (form.everybody) {
    const body = { appRoleAssignmentRequired: false }
    return [{ method: 'PATCH', path: at, body, summary: 'Let in everybody who can sign in' }]
  }
  return form.principals.map(({ id, displayName }) => ({
    method: 'POST',
    path: `${at}/appRoleAssignedTo`,
    body: { principalId: id, resourceId: ids.principal, appRoleId: userRole },
    summary: `Let in ${displayName}`,
  }))
}

/**
 * Makes the application whole, or not at all: when a later step is refused, what the first one made is deleted again.
 * Resolves to its id; throws the ApiProblem of the step that was refused.
 */
export async function createApplication(form: NewApplication, domain: string): Promise<string> {
  const { value } = await sendChange(creation(form))
  const made = value as { application: { id: string }; servicePrincipal: { id: string } }
  const ids = { application: made.application.id, principal: made.servicePrincipal.id }
  try {
    for (const change of furtherChanges(form, domain, ids)) await sendChange(change)
    return ids.application
  } catch (problem) {
    const path = `/applications/${ids.application}`
    await sendChange({ method: 'DELETE', path, summary: 'Take back what was begun' })
    throw problem
  }
}
