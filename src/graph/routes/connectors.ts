import * as certificates from '../certificates.ts'
import * as connectors from '../connectors.ts'
import * as health from '../health.ts'
import { beta, get, item, list, patch, post, type Route, remove } from '../route.ts'

const profiles = { area: 'profile', ...beta } as const
const profile = '/onpremisespublishingprofiles/applicationproxy'
const connector = `${profile}/connectors/:connector`
const group = `${profile}/connectorgroups/:group`
const certificate = `${profile}/certificates/:certificate`

/** Connectors, their groups, and certificates for browsers. */
export const connectorRoutes: readonly Route[] = [
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
]
