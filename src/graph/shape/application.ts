import { z } from 'zod'
import type { CertificateTable } from '../../certificates/choice.ts'
import type { Application, Publishing } from '../../publishing/application.ts'
import type { ServedPorts } from '../../publishing/port-warnings.ts'
import { accessRoleId, userRoleId } from '../../publishing/registration.ts'
import type { Collection } from '../collection.ts'
import * as resource from '../resource/applications.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { guid, nameOf, readOnly, uniqueNameBody, withDefault } from './body.ts'
import { certificateFor } from './certificate.ts'
import { toGraphPublishing } from './publishing.ts'
import { publishingBody } from './publishing-body.ts'
import {
  mergeRegistration,
  registrationFields,
  toGraphCredentials,
  toGraphRegistration,
  toGraphRole,
} from './registration.ts'
import { warningsOf } from './warning.ts'

/** The original's template for applications of one's own; the only one there is here. */
export const customTemplate = {
  id: '8adf8e6e-67b2-4cf2-a259-e3dc5476c621',
  displayName: 'Custom',
  homePageUrl: null,
  supportedSingleSignOnModes: ['notSupported'],
  supportedProvisioningTypes: [],
  logoUrl: null,
  categories: [],
  publisher: null,
  description: null,
}

export const templateCollection: Collection<typeof customTemplate> = {
  context: 'applicationTemplates',
  properties: Object.keys(customTemplate),
  fields: { id: (template) => template.id, displayName: (template) => template.displayName },
  write: (template) => template,
}

export const appRoles = [role(userRoleId, 'User'), role(accessRoleId, 'msiam_access')]

function role(id: string, name: string) {
  const facts = { displayName: name, description: name, value: null, origin: 'Application' }
  return { id, ...facts, isEnabled: true, allowedMemberTypes: ['User'] }
}

/** An application in Graph's shape. */
export function toGraphApplication(application: Application, known?: KnownCertificates) {
  const { publishing } = application
  return {
    id: application.id,
    appId: application.appId,
    displayName: application.displayName,
    uniqueName: application.uniqueName ?? null,
    createdDateTime: new Date(application.createdAt).toISOString(),
    deletedDateTime: null,
    applicationTemplateId: customTemplate.id,
    identifierUris: [...application.identifierUris],
    signInAudience: 'AzureADMyOrg',
    tags: [...application.tags],
    appRoles: rolesOf(application),
    web: {
      homePageUrl: application.homePageUrl ?? null,
      logoutUrl: null,
      redirectUris: [...application.redirectUris],
    },
    ...toGraphRegistration(application.registration),
    onPremisesPublishing: publishing ? publishingWith(publishing, known) : null,
  }
}

function rolesOf({ registration }: Application) {
  return [...appRoles, ...registration.appRoles.map(toGraphRole)]
}

/** The certificates there are, at a time. */
export interface KnownCertificates {
  readonly table: CertificateTable
  readonly now: number
  readonly servedPorts: ServedPorts
}

/** What is published, with what is to be said about it as the edge is now. */
export function publishingWith(publishing: Publishing, known: KnownCertificates | undefined) {
  if (!known) return toGraphPublishing(publishing)
  const certificate = certificateFor(publishing, known.table, known.now)
  const warnings = warningsOf(publishing, known.servedPorts, '')
  return { ...toGraphPublishing(publishing, certificate), warnings }
}

const applicationProperties = propertiesOf(resource.stableApplication)

const applicationFields: Collection<Application>['fields'] = {
  id: (application) => application.id,
  appId: (application) => application.appId,
  displayName: (application) => application.displayName,
  uniqueName: (application) => application.uniqueName,
  createdDateTime: ({ createdAt }) => new Date(createdAt).toISOString(),
  tags: (application) => application.tags,
  identifierUris: (application) => application.identifierUris,
  'onPremisesPublishing/isOnPremPublishingEnabled': ({ publishing }) => publishing !== undefined,
  'onPremisesPublishing/externalUrl': ({ publishing }) => publishing?.externalUrl,
}

/** Applications under `/beta`. */
export function applicationCollection(known: KnownCertificates): Collection<Application> {
  return {
    context: 'applications',
    properties: [...applicationProperties, 'onPremisesPublishing'],
    // In lists of the original, too, it comes only when asked for.
    onlySelected: ['onPremisesPublishing'],
    fields: applicationFields,
    searched: ['displayName'],
    write: (application) => toGraphApplication(application, known),
  }
}

/** Applications under `/v1.0`, which does not know publishing. */
export function stableApplicationCollection(known: KnownCertificates): Collection<Application> {
  return { ...applicationCollection(known), properties: applicationProperties }
}

/** An application's other half in Graph's shape. */
export function toGraphServicePrincipal(application: Application) {
  return {
    id: application.servicePrincipalId,
    appId: application.appId,
    appDisplayName: application.displayName,
    displayName: application.displayName,
    accountEnabled: application.registration.enabled,
    appRoleAssignmentRequired: application.assignmentRequired,
    appRoles: rolesOf(application),
    ...toGraphCredentials([]),
    applicationTemplateId: customTemplate.id,
    homepage: application.homePageUrl ?? null,
    replyUrls: [...application.redirectUris],
    servicePrincipalNames: [...application.identifierUris, application.appId],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMyOrg',
    tags: [...application.tags],
  }
}

export const servicePrincipalCollection: Collection<Application> = {
  context: 'servicePrincipals',
  properties: propertiesOf(resource.servicePrincipal),
  fields: {
    id: (application) => application.servicePrincipalId,
    appId: (application) => application.appId,
    displayName: (application) => application.displayName,
    tags: (application) => application.tags,
    accountEnabled: ({ registration }) => registration.enabled,
    appRoleAssignmentRequired: ({ assignmentRequired }) => assignmentRequired,
  },
  searched: ['displayName'],
  write: toGraphServicePrincipal,
}

/** The length limits of the original. */
const maxNameLength = 120
const maxUriLength = 2048
const maxUris = 256

const uri = z.string().max(maxUriLength).refine(isAbsoluteUri, 'must be an absolute URI')
const webUrl = z.string().max(maxUriLength).refine(isWebUrl, 'must be an absolute http(s) URL')

function isAbsoluteUri(text: string): boolean {
  return URL.canParse(text)
}

// RFC 6749 §3.1.2: no fragment.
function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && /^https?:$/.test(url.protocol) && !text.includes('#') && url.username === ''
  )
}

/** What `POST …/instantiate` takes. */
export const instantiateBody = z.strictObject({ displayName: nameOf(maxNameLength) })

/** What `PATCH /applications/{id}` takes beside `onPremisesPublishing`. */
export const applicationBody = z.strictObject({
  displayName: nameOf(maxNameLength).optional(),
  uniqueName: readOnly,
  identifierUris: z.array(uri).max(maxUris).optional(),
  tags: z.array(z.string().min(1).max(256)).max(maxUris).optional(),
  web: z
    .strictObject({
      homePageUrl: withDefault(webUrl, ''),
      redirectUris: z.array(webUrl).max(maxUris).optional(),
      logoutUrl: z.null('is not supported yet').optional(),
    })
    .nullish(),
  signInAudience: z.literal('AzureADMyOrg').optional(),
  ...registrationFields,
  id: readOnly,
  appId: readOnly,
  createdDateTime: readOnly,
  deletedDateTime: readOnly,
  applicationTemplateId: readOnly,
})

/** What `POST /applications` takes. */
export const newApplicationBody = applicationBody.extend({
  displayName: nameOf(maxNameLength),
  uniqueName: uniqueNameBody,
})

/** The same with what is published, under `/beta`. */
export const publishedApplicationBody = applicationBody.extend({
  onPremisesPublishing: publishingBody.nullish(),
})

export type ApplicationBody = z.output<typeof applicationBody>

/** The application with what was sent; `publishing` is somebody else's. */
export function mergeApplication(sent: ApplicationBody, current: Application): Application {
  const home = sent.web === null ? '' : sent.web?.homePageUrl
  return {
    ...current,
    displayName: sent.displayName ?? current.displayName,
    identifierUris: sent.identifierUris ?? current.identifierUris,
    tags: sent.tags ?? current.tags,
    homePageUrl: home === undefined ? current.homePageUrl : home || undefined,
    registration: mergeRegistration(sent, current.registration),
    redirectUris: sent.web === null ? [] : (sent.web?.redirectUris ?? current.redirectUris),
  }
}

/** What `PATCH /servicePrincipals/{id}` takes. */
export const servicePrincipalBody = z.strictObject({
  appRoleAssignmentRequired: z.boolean().optional(),
  tags: z.array(z.string().min(1).max(256)).max(maxUris).optional(),
  accountEnabled: z.boolean().optional(),
  id: readOnly,
  appId: readOnly,
})

/** What `POST /servicePrincipals` takes. */
export const newServicePrincipalBody = servicePrincipalBody.extend({ appId: guid })

/** The application with what was sent for its other half. */
export function mergeServicePrincipal(
  sent: z.output<typeof servicePrincipalBody>,
  current: Application,
): Application {
  const { registration } = current
  return {
    ...current,
    assignmentRequired: sent.appRoleAssignmentRequired ?? current.assignmentRequired,
    tags: sent.tags ?? current.tags,
    registration: { ...registration, enabled: sent.accountEnabled ?? registration.enabled },
  }
}
