import * as applications from '../applications.ts'
import * as connectors from '../connectors.ts'
import * as credentials from '../credentials.ts'
import * as resource from '../resource/applications.ts'
import { connectorGroup } from '../resource/publishing.ts'
import {
  application,
  apps,
  beta,
  directory,
  get,
  item,
  list,
  owned,
  patch,
  post,
  put,
  type Route,
  remove,
} from '../route.ts'
import {
  instantiateBody,
  newApplicationBody,
  publishedApplicationBody,
} from '../shape/application.ts'
import { referenceBody } from '../shape/reference.ts'
import { addPasswordBody, removePasswordBody } from '../shape/registration.ts'

/** Templates and applications, without what is published. */
export const applicationRoutes: readonly Route[] = [
  get(
    '/applicationTemplates',
    applications.listTemplates,
    { ...apps, ...list },
    resource.applicationTemplate,
  ),
  get(
    '/applicationTemplates/:template',
    applications.getTemplate,
    { ...apps, ...item },
    resource.applicationTemplate,
  ),
  post('/applicationTemplates/:template/instantiate', applications.instantiateTemplate, apps, {
    body: instantiateBody,
    answer: resource.instantiated,
  }),

  get(
    '/applications',
    applications.listApplications,
    { ...apps, ...list, ...owned },
    resource.application,
  ),
  post('/applications', applications.createApplication, apps, {
    body: newApplicationBody,
    answer: resource.application,
  }),
  get(
    application,
    applications.getApplication,
    { ...apps, ...item, ...owned },
    resource.application,
  ),
  patch(
    application,
    applications.patchApplication,
    { ...apps, ...owned, creates: resource.application },
    publishedApplicationBody,
  ),
  remove(application, applications.deleteApplication, { ...apps, ...owned }),
  // Whoever has a client's secret is that client: Application.ReadWrite.All does not make one.
  post(`${application}/addPassword`, credentials.addPassword, directory, {
    body: addPasswordBody,
    answer: resource.passwordCredential,
    status: 200,
  }),
  post(`${application}/removePassword`, credentials.removePassword, directory, {
    body: removePasswordBody,
  }),
  get(
    `${application}/connectorGroup`,
    connectors.getGroupOfApplication,
    {
      ...apps,
      ...beta,
      ...item,
      ...owned,
      refersTo: 'onPremisesPublishingProfiles/applicationProxy/connectorGroups',
    },
    connectorGroup,
  ),
  put(
    `${application}/connectorGroup/$ref`,
    connectors.setGroupOfApplication,
    {
      ...apps,
      ...beta,
    },
    referenceBody,
  ),
]
