import * as health from '../health.ts'
import * as publishing from '../publishing.ts'
import {
  application,
  apps,
  beta,
  get,
  item,
  list,
  patch,
  post,
  type Route,
  remove,
} from '../route.ts'

const published = `${application}/onpremisespublishing`
const configuration = `${published}/segmentsconfiguration`
const web = `${configuration}/microsoft.graph.websegmentconfiguration`
const segments = `${web}/applicationsegments`

/** What an application publishes: segments, CORS rules, and how they fare. */
export const publishingRoutes: readonly Route[] = [
  get(published, publishing.getPublishing, { ...apps, ...beta, ...item }),
  patch(published, publishing.patchPublishing, { ...apps, ...beta }),
  get(configuration, publishing.getSegmentsConfiguration, { ...apps, ...beta, ...item }),
  get(web, publishing.getSegmentsConfiguration, { ...apps, ...beta, ...item }),
  get(segments, publishing.listSegments, { ...apps, ...beta, ...list }),
  post(segments, publishing.createSegment, { ...apps, ...beta }),
  get(`${segments}/:segment`, publishing.getSegment, { ...apps, ...beta, ...item }),
  patch(`${segments}/:segment`, publishing.patchSegment, { ...apps, ...beta }),
  remove(`${segments}/:segment`, publishing.deleteSegment, { ...apps, ...beta }),
  ...ruleRoutes(`${segments}/:segment/corsconfigurations`),
  ...ruleRoutes(`${published}/corsconfigurations`),
  get(`${published}/segmenthealth`, health.listSegmentHealth, { ...apps, ...beta, ...list }),
  get(`${published}/corsrefusals`, publishing.listCorsRefusals, { ...apps, ...beta, ...list }),
]

function ruleRoutes(path: string): Route[] {
  return [
    get(path, publishing.listRules, { ...apps, ...beta, ...list }),
    post(path, publishing.createRule, { ...apps, ...beta }),
    get(`${path}/:rule`, publishing.getRule, { ...apps, ...beta, ...item }),
    patch(`${path}/:rule`, publishing.patchRule, { ...apps, ...beta }),
    remove(`${path}/:rule`, publishing.deleteRule, { ...apps, ...beta }),
  ]
}
