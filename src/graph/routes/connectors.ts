import * as certificates from '../certificates.ts'
import * as connectors from '../connectors.ts'
import * as health from '../health.ts'
import * as publishing from '../publishing.ts'
import { application } from '../resource/applications.ts'
import * as resource from '../resource/publishing.ts'
import { beta, get, item, list, patch, post, type Route, remove } from '../route.ts'
import { certificateBody } from '../shape/certificate.ts'
import {
  connectorGroupBody,
  drainBody,
  enrolmentBody,
  newConnectorGroupBody,
} from '../shape/connector.ts'
import { profileBody } from '../shape/profile.ts'
import { referenceBody } from '../shape/reference.ts'

const profiles = { area: 'profile', ...beta } as const
const profile = '/onPremisesPublishingProfiles/applicationProxy'
const placeOf = (name: string) => ({ ...list, refersTo: `${profile.slice(1)}/${name}` })
const connector = `${profile}/connectors/:connector`
const group = `${profile}/connectorGroups/:group`
const certificate = `${profile}/certificates/:certificate`

/** Connectors, their groups, and certificates for browsers. */
export const connectorRoutes: readonly Route[] = [
  get(
    '/onPremisesPublishingProfiles',
    connectors.listProfiles,
    { ...profiles, ...list },
    resource.publishingProfile,
  ),
  patch(profile, connectors.patchProfile, profiles, profileBody),
  get(profile, connectors.getProfile, { ...profiles, ...item }, resource.publishingProfile),
  get(
    `${profile}/connectors`,
    connectors.listConnectors,
    { ...profiles, ...list },
    resource.connector,
  ),
  get(connector, connectors.getConnector, { ...profiles, ...item }, resource.connector),
  remove(connector, connectors.deleteConnector, profiles),
  post(`${connector}/drain`, connectors.drainConnector, profiles, { body: drainBody }),
  post(`${connector}/resume`, connectors.resumeConnector, profiles),
  get(
    `${connector}/originHealth`,
    health.listOriginHealth,
    { ...profiles, ...list },
    resource.originHealth,
  ),
  get(
    `${connector}/memberOf`,
    connectors.listGroupsOfConnector,
    { ...profiles, ...placeOf('connectorGroups') },
    resource.connectorGroup,
  ),
  post(`${connector}/memberOf/$ref`, connectors.moveConnectorToGroup, profiles, {
    body: referenceBody,
  }),
  get(
    `${profile}/applicationHealth`,
    health.listApplicationHealth,
    { area: 'application', ...beta, ...list },
    resource.applicationHealth,
  ),
  get(
    `${profile}/segmentHealth`,
    health.listAllSegmentHealth,
    { area: 'application', ...beta, ...list },
    resource.segmentHealth,
  ),
  get(
    `${profile}/corsRefusals`,
    publishing.listAllCorsRefusals,
    { area: 'application', ...beta, ...list },
    resource.corsRefusal,
  ),
  get(
    `${profile}/connectorGroups`,
    connectors.listConnectorGroups,
    { ...profiles, ...list },
    resource.connectorGroup,
  ),
  post(`${profile}/connectorGroups`, connectors.createConnectorGroup, profiles, {
    body: newConnectorGroupBody,
    answer: resource.connectorGroup,
  }),
  get(group, connectors.getConnectorGroup, { ...profiles, ...item }, resource.connectorGroup),
  patch(
    group,
    connectors.patchConnectorGroup,
    profiles,
    connectorGroupBody,
    resource.connectorGroup,
  ),
  remove(group, connectors.deleteConnectorGroup, profiles),
  get(
    `${group}/members`,
    connectors.listConnectorsOfGroup,
    { ...profiles, ...placeOf('connectors') },
    resource.connector,
  ),
  post(`${group}/members/$ref`, connectors.addConnectorToGroup, profiles, { body: referenceBody }),
  get(
    `${group}/applications`,
    connectors.listApplicationsOfGroup,
    { ...profiles, ...list, refersTo: 'applications' },
    application,
  ),
  post(`${group}/applications`, connectors.addApplicationToGroup, profiles, {
    body: referenceBody,
    answer: application,
  }),
  post(`${group}/enrolmentTokens`, connectors.createEnrolmentToken, profiles, {
    body: enrolmentBody,
    answer: resource.enrolmentToken,
  }),
  get(
    `${group}/enrolmentTokens/:token`,
    connectors.getEnrolmentToken,
    profiles,
    resource.enrolmentTokenFate,
  ),

  get(
    `${profile}/certificates`,
    certificates.listCertificates,
    { ...profiles, ...list },
    resource.certificate,
  ),
  post(`${profile}/certificates`, certificates.createCertificate, profiles, {
    body: certificateBody,
    answer: resource.certificate,
  }),
  get(certificate, certificates.getCertificate, { ...profiles, ...item }, resource.certificate),
  remove(certificate, certificates.deleteCertificate, profiles),
  get(
    `${profile}/acmeHosts`,
    certificates.listAcmeHosts,
    { ...profiles, ...list },
    resource.acmeHost,
  ),
  get(
    `${profile}/acmeHosts/:host`,
    certificates.getAcmeHost,
    { ...profiles, ...item },
    resource.acmeHost,
  ),
]
