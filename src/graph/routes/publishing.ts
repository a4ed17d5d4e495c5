import * as health from '../health.ts'
import * as publishing from '../publishing.ts'
import * as resource from '../resource/publishing.ts'
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
import { publishingBody, ruleBody, segmentBody } from '../shape/publishing-body.ts'

const published = `${application}/onPremisesPublishing`
const configuration = `${published}/segmentsConfiguration`
const web = `${configuration}/microsoft.graph.webSegmentConfiguration`
const segments = `${web}/applicationSegments`

/** What an application publishes: segments, CORS rules, and how they fare. */
export const publishingRoutes: readonly Route[] = [
  get(
    published,
    publishing.getPublishing,
    { ...apps, ...beta, ...item },
    resource.onPremisesPublishing,
  ),
  patch(published, publishing.patchPublishing, { ...apps, ...beta }, publishingBody),
  get(
    configuration,
    publishing.getSegmentsConfiguration,
    { ...apps, ...beta, ...item },
    resource.segmentsConfiguration,
  ),
  get(
    web,
    publishing.getSegmentsConfiguration,
    { ...apps, ...beta, ...item },
    resource.segmentsConfiguration,
  ),
  get(segments, publishing.listSegments, { ...apps, ...beta, ...list }, resource.segment),
  post(segments, publishing.createSegment, { ...apps, ...beta }, { body: segmentBody }),
  get(
    `${segments}/:segment`,
    publishing.getSegment,
    { ...apps, ...beta, ...item },
    resource.segment,
  ),
  patch(`${segments}/:segment`, publishing.patchSegment, { ...apps, ...beta }, segmentBody),
  remove(`${segments}/:segment`, publishing.deleteSegment, { ...apps, ...beta }),
  ...ruleRoutes(`${segments}/:segment/corsConfigurations`),
  ...ruleRoutes(`${published}/corsConfigurations`),
  get(
    `${published}/segmentHealth`,
    health.listSegmentHealth,
    { ...apps, ...beta, ...list },
    resource.segmentHealth,
  ),
  get(
    `${published}/corsRefusals`,
    publishing.listCorsRefusals,
    { ...apps, ...beta, ...list },
    resource.corsRefusal,
  ),
]

function ruleRoutes(path: string): Route[] {
  return [
    get(path, publishing.listRules, { ...apps, ...beta, ...list }, resource.corsConfiguration),
    post(
      path,
      publishing.createRule,
      { ...apps, ...beta },
      { body: ruleBody, answer: resource.corsConfiguration },
    ),
    get(
      `${path}/:rule`,
      publishing.getRule,
      { ...apps, ...beta, ...item },
      resource.corsConfiguration,
    ),
    patch(`${path}/:rule`, publishing.patchRule, { ...apps, ...beta }, ruleBody),
    remove(`${path}/:rule`, publishing.deleteRule, { ...apps, ...beta }),
  ]
}
