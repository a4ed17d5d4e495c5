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
  owned,
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

const own = { ...apps, ...beta, ...owned } as const

/** What an application publishes: segments, CORS rules, and how they fare. */
export const publishingRoutes: readonly Route[] = [
  get(published, publishing.getPublishing, { ...own, ...item }, resource.onPremisesPublishing),
  patch(published, publishing.patchPublishing, own, publishingBody),
  get(
    configuration,
    publishing.getSegmentsConfiguration,
    { ...own, ...item },
    resource.segmentsConfiguration,
  ),
  get(
    web,
    publishing.getSegmentsConfiguration,
    { ...own, ...item },
    resource.segmentsConfiguration,
  ),
  get(segments, publishing.listSegments, { ...own, ...list }, resource.segment),
  post(segments, publishing.createSegment, { ...apps, ...beta }, { body: segmentBody }),
  get(`${segments}/:segment`, publishing.getSegment, { ...own, ...item }, resource.segment),
  patch(`${segments}/:segment`, publishing.patchSegment, own, segmentBody),
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
    { ...own, ...list },
    resource.corsRefusal,
  ),
]

function ruleRoutes(path: string): Route[] {
  return [
    get(path, publishing.listRules, { ...own, ...list }, resource.corsConfiguration),
    post(path, publishing.createRule, own, { body: ruleBody, answer: resource.corsConfiguration }),
    get(`${path}/:rule`, publishing.getRule, { ...own, ...item }, resource.corsConfiguration),
    patch(`${path}/:rule`, publishing.patchRule, own, ruleBody),
    remove(`${path}/:rule`, publishing.deleteRule, own),
  ]
}
