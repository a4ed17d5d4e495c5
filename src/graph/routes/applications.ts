import * as applications from '../applications.ts'
import * as connectors from '../connectors.ts'
import * as credentials from '../credentials.ts'
import {
  application,
  apps,
  beta,
  directory,
  get,
  item,
  list,
  patch,
  post,
  put,
  type Route,
  remove,
} from '../route.ts'

/** Templates and applications, without what is published. */
export const applicationRoutes: readonly Route[] = [
  get('/applicationtemplates', applications.listTemplates, { ...apps, ...list }),
  get('/applicationtemplates/:template', applications.getTemplate, { ...apps, ...item }),
  post('/applicationtemplates/:template/instantiate', applications.instantiateTemplate, apps),

  get('/applications', applications.listApplications, { ...apps, ...list }),
  post('/applications', applications.createApplication, apps),
  get(application, applications.getApplication, { ...apps, ...item }),
  patch(application, applications.patchApplication, apps),
  remove(application, applications.deleteApplication, apps),
  // Whoever has a client's secret is that client: Application.ReadWrite.All does not make one.
  post(`${application}/addpassword`, credentials.addPassword, directory),
  post(`${application}/removepassword`, credentials.removePassword, directory),
  get(`${application}/connectorgroup`, connectors.getGroupOfApplication, {
    ...apps,
    ...beta,
    ...item,
  }),
  put(`${application}/connectorgroup/$ref`, connectors.setGroupOfApplication, {
    ...apps,
    ...beta,
  }),
]
