import { randomUUID } from 'node:crypto'
import { mapDrafted } from '../base/check.ts'
import type { CorsRefusals } from '../directory/counted-refusals.ts'
import { offerRule } from '../doctor/offered-rule.ts'
import type { Application, Publishing, Segment } from '../publishing/application.ts'
import { changeApplication, findApplication, warned } from './applications.ts'
import {
  type Call,
  key,
  linkOf,
  noContent,
  type Reply,
  replyItem,
  replyPage,
  replyPart,
} from './call.ts'
import { knownCertificates, newCertificate, withUpload } from './certificates.ts'
import { doctorParts } from './doctor-parts.ts'
import { type Expansions, toMany } from './expand.ts'
import { readJson } from './json.ts'
import { notFound, notPublished } from './refusal.ts'
import { publishingWith } from './shape/application.ts'
import { readUpload } from './shape/certificate.ts'
import { corsRefusalCollection } from './shape/cors-refusal.ts'
import { toGraphChange } from './shape/doctor-option.ts'
import { applyEdit, type Edit, readPublishing } from './shape/edit.ts'
import {
  addRule,
  addSegment,
  removeRule,
  removeSegment,
  replaceRule,
  replaceSegment,
} from './shape/part-edit.ts'
import {
  ruleCollection,
  segmentCollection,
  toGraphRule,
  toGraphSegmentsConfiguration,
} from './shape/publishing.ts'

type Rule = Publishing['corsRules'][number]

/** GET /applications/{id}/onPremisesPublishing */
export async function getPublishing(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const body = publishingWith(publishing, await knownCertificates(call))
  return replyPart(call, publishingPath(application), body, ['segmentsConfiguration'])
}

/** PATCH /applications/{id}/onPremisesPublishing: publishes, or changes what is published. 204. [G1] */
export async function patchPublishing(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const edit = readPublishing(body, '')
  const upload = await readUpload(body, '', call.clock())
  const { id } = await findApplication(call)
  const change = (current: Application) =>
    withUpload(edited(current, edit(current.publishing)), upload)
  const changed = await changeApplication(call, id, change, newCertificate(call, upload))
  return warned(call, changed, '')
}

/** GET …/segmentsConfiguration and …/segmentsConfiguration/microsoft.graph.webSegmentConfiguration */
export async function getSegmentsConfiguration(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const body = toGraphSegmentsConfiguration(publishing.segments)
  const context = `${publishingPath(application)}/segmentsConfiguration`
  return replyPart(call, context, body, ['applicationSegments'])
}

/** GET …/applicationSegments */
export async function listSegments(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const collection = segmentCollection(segmentsPath(application))
  return replyPage(call, collection, publishing.segments, rulesIn(call, application))
}

/** GET …/applicationSegments/{segment} */
export async function getSegment(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const segment = segmentOf(publishing, key(call, 'segment'))
  const collection = segmentCollection(segmentsPath(application))
  return replyItem(call, collection, segment, 200, rulesIn(call, application))
}

function rulesIn(call: Call, application: Application): Expansions<Segment> {
  const path = (segment: Segment) =>
    `${segmentsPath(application)}('${segment.id}')/corsConfigurations`
  return {
    corsConfigurations: toMany(
      ruleCollection(segmentsPath(application)),
      async ({ corsRules }) => corsRules,
      (segment) => linkOf(call, path(segment)),
    ),
  }
}

/** POST …/applicationSegments: 204 without body as documented, and a Location besides. */
export async function createSegment(call: Call): Promise<Reply> {
  const id = randomUUID()
  const body = await readJson(call.request)
  const application = await changePublishing(call, (publishing) => addSegment(publishing, body, id))
  const segment = application.publishing?.segments.at(-1)
  const { headers } = warned(call, application, 'onPremisesPublishing')
  const location = `${segmentsUrl(call, application)}/${segment?.id}`
  return { status: 204, headers: { ...headers, location } }
}

/** PATCH …/applicationSegments/{segment} */
export async function patchSegment(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const id = key(call, 'segment')
  const changed = await changePublishing(call, (publishing) =>
    replaceSegment(publishing, segmentOf(publishing, id), body),
  )
  return warned(call, changed, 'onPremisesPublishing')
}

/** DELETE …/applicationSegments/{segment}. Deleting the last one is an audit entry of its own kind. [P8] */
export async function deleteSegment(call: Call): Promise<Reply> {
  const id = key(call, 'segment')
  await changePublishing(call, (publishing) => removeSegment(publishing, segmentOf(publishing, id)))
  return noContent
}

/** GET …/corsConfigurations */
export async function listRules(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const { rules, path } = rulesOf(call, publishing)
  return replyPage(call, ruleCollection(`${publishingPath(application)}${path}`), rules)
}

/** GET …/corsConfigurations/{rule} */
export async function getRule(call: Call): Promise<Reply> {
  const { application, publishing } = await findPublishing(call)
  const { rules, path } = rulesOf(call, publishing)
  const collection = ruleCollection(`${publishingPath(application)}${path}`)
  return replyItem(call, collection, ruleOf(rules, key(call, 'rule')))
}

/** POST …/corsConfigurations: 201 with the rule. */
export async function createRule(call: Call): Promise<Reply> {
  const id = randomUUID()
  const body = await readJson(call.request)
  const application = await changePublishing(call, (publishing) =>
    addRule(publishing, segmentIn(call, publishing), body, id),
  )
  const { publishing } = application
  if (!publishing) throw notPublished()
  const { rules, path } = rulesOf(call, publishing)
  const rule = rules.at(-1)
  if (!rule) throw notFound(id)
  const context = `${call.metadataUrl}#${publishingPath(application)}${path}/$entity`
  return { status: 201, body: { '@odata.context': context, ...toGraphRule(rule) } }
}

/** PATCH …/corsConfigurations/{rule}: 204, as in the original's sample. */
export async function patchRule(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  await changePublishing(call, (publishing) => {
    const rule = ruleOf(rulesOf(call, publishing).rules, key(call, 'rule'))
    return replaceRule(publishing, segmentIn(call, publishing), rule, body)
  })
  return noContent
}

/** DELETE …/corsConfigurations/{rule} */
export async function deleteRule(call: Call): Promise<Reply> {
  await changePublishing(call, (publishing) => {
    const rule = ruleOf(rulesOf(call, publishing).rules, key(call, 'rule'))
    return removeRule(publishing, segmentIn(call, publishing), rule)
  })
  return noContent
}

/** GET …/onPremisesPublishing/corsRefusals: what CORS refused, or would have in dry run, counted. [C13] [D3] */
export async function listCorsRefusals(call: Call): Promise<Reply> {
  const application = await findApplication(call)
  const refusals = await call.directory.corsRefusals(application.id)
  return replyRefusals(call, `${publishingPath(application)}/corsRefusals`, refusals)
}

/** GET …/applicationProxy/corsRefusals: those of all applications in one answer. [D3] */
export async function listAllCorsRefusals(call: Call): Promise<Reply> {
  const path = "onPremisesPublishingProfiles('applicationProxy')/corsRefusals"
  return replyRefusals(call, path, await call.directory.corsRefusals())
}

async function replyRefusals(call: Call, path: string, refusals: readonly CorsRefusals[]) {
  const parts = await doctorParts(call)
  const collection = corsRefusalCollection(path, (refused) => {
    const offered = offerRule(parts, refused)
    return offered && toGraphChange(offered.change, parts, offered.title)
  })
  return replyPage(call, collection, refusals)
}

async function findPublishing(
  call: Call,
): Promise<{ application: Application; publishing: Publishing }> {
  const application = await findApplication(call)
  const { publishing } = application
  if (!publishing) throw notPublished()
  return { application, publishing }
}

async function changePublishing(
  call: Call,
  edit: (publishing: Publishing) => Edit,
): Promise<Application> {
  const { id } = await findApplication(call)
  return changeApplication(call, id, (current) => {
    if (!current.publishing) throw notPublished()
    return edited(current, edit(current.publishing))
  })
}

function edited(current: Application, wanted: Edit) {
  const parsed = applyEdit(wanted, current.publishing, randomUUID)
  return {
    application: mapDrafted(parsed, (publishing) => ({ ...current, publishing })),
    place: wanted.place,
  }
}

function segmentOf(publishing: Publishing, id: string): Segment {
  const segment = publishing.segments.find((each) => each.id === id)
  if (!segment) throw notFound(id)
  return segment
}

function ruleOf(rules: readonly Rule[], id: string): Rule {
  const rule = rules.find((each) => each.id === id)
  if (!rule) throw notFound(id)
  return rule
}

// The same handlers serve the rules of a segment and those of an application itself. [C11]
function segmentIn(call: Call, publishing: Publishing): Segment | undefined {
  const id = call.keys['segment']
  return id === undefined ? undefined : segmentOf(publishing, id)
}

function rulesOf(call: Call, publishing: Publishing) {
  const segment = segmentIn(call, publishing)
  return segment
    ? { rules: segment.corsRules, path: `${segments}('${segment.id}')/corsConfigurations` }
    : { rules: publishing.corsRules, path: '/corsConfigurations' }
}

const segments =
  '/segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments'

function publishingPath(application: Application): string {
  return `applications('${application.id}')/onPremisesPublishing`
}

function segmentsPath(application: Application): string {
  return `${publishingPath(application)}${segments}`
}

function segmentsUrl(call: Call, application: Application): string {
  const base = call.metadataUrl.replace('$metadata', '')
  return `${base}applications/${application.id}/onPremisesPublishing${segments}`
}
