import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Drafted, type Failed, failed, type Issue, type Parsed } from '../base/check.ts'
import type { NewCertificate } from '../certificates/stored.ts'
import type { Change } from '../directory/change.ts'
import { foldName } from '../directory/schema.ts'
import type { Application } from '../publishing/application.ts'
import { noRegistration, type Registration } from '../publishing/registration.ts'
import { partsOfApplication } from './application-parts.ts'
import {
  accept,
  type Call,
  key,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { knownCertificates, newCertificate, withUpload } from './certificates.ts'
import { readJson } from './json.ts'
import { checkOwnersChange, seenApplications } from './ownership.ts'
import { forbidden, invalid, notFound } from './refusal.ts'
import {
  type ApplicationBody,
  applicationBody,
  applicationCollection,
  customTemplate,
  instantiateBody,
  mergeApplication,
  newApplicationBody,
  stableApplicationCollection,
  templateCollection,
  toGraphApplication,
  toGraphServicePrincipal,
} from './shape/application.ts'
import { issueAt, parseBody, type Reading, readBodyParts, readNewParts } from './shape/body.ts'
import { readUpload } from './shape/certificate.ts'
import { applyEdit, readPublishing } from './shape/edit.ts'
import type { Edited } from './shape/edited.ts'
import { badKeys } from './shape/registration.ts'
import { graphTarget, type Place } from './shape/target.ts'
import { warningsOf, writeWarnings } from './shape/warning.ts'
import { changeBy, withTrial } from './trial.ts'
import { missingName, replyCreated } from './unique-name.ts'

/** GET /applicationTemplates */
export async function listTemplates(call: Call): Promise<Reply> {
  return replyPage(call, templateCollection, [customTemplate])
}

/** GET /applicationTemplates/{id} */
export async function getTemplate(call: Call): Promise<Reply> {
  return replyItem(call, templateCollection, templateOf(call))
}

function templateOf(call: Call): typeof customTemplate | undefined {
  return key(call, 'template') === customTemplate.id ? customTemplate : undefined
}

/** POST /applicationTemplates/{id}/instantiate: a new application, not published yet. */
export async function instantiateTemplate(call: Call): Promise<Reply> {
  if (!templateOf(call)) throw notFound(key(call, 'template'))
  const { displayName } = await readBody(call, (body) => parseBody(instantiateBody, body))
  const application = await call.directory.createApplication(displayName, call.change)
  return {
    status: 201,
    body: {
      '@odata.context': `${call.metadataUrl}#microsoft.graph.applicationServicePrincipal`,
      application: toGraphApplication(application),
      servicePrincipal: toGraphServicePrincipal(application),
    },
  }
}

/** GET /applications */
export async function listApplications(call: Call): Promise<Reply> {
  const applications = await seenApplications(call)
  return replyPage(call, await collectionOf(call), applications, partsOfApplication(call))
}

/** POST /applications: 201 with a new application that is not published, such as a client. */
export async function createApplication(call: Call): Promise<Reply> {
  const reading = withKeys(
    readNewParts(newApplicationBody, applicationBody, await readJson(call.request)),
  )
  if (reading.value?.keyCredentials !== undefined && !call.mayGrant) throw forbidden()
  if (reading.value?.requiredResourceAccess?.length && !call.mayGrant) throw forbidden()
  const application = await changeBy(
    call,
    reading,
    ({ displayName = '', uniqueName, ...more }, change) => {
      const edit = (fresh: Application) => mergeApplication(more, fresh)
      const name = typeof uniqueName === 'string' ? uniqueName : undefined
      return call.directory.registerApplication(displayName, change, edit, name)
    },
    (path) => graphTarget(path, topLevel),
  )
  return replyItem(call, await collectionOf(call), application, 201)
}

/** GET /applications/{id} */
export async function getApplication(call: Call): Promise<Reply> {
  const application = await findApplication(call)
  return replyItem(call, await collectionOf(call), application, 200, partsOfApplication(call))
}

async function collectionOf(call: Call) {
  const known = await knownCertificates(call)
  return call.version === 'beta' ? applicationCollection(known) : stableApplicationCollection(known)
}

/** The application that the path names by object id, as `(appId='…')` or as `(uniqueName='…')`; throws 404. */
export async function findApplication(call: Call): Promise<Application> {
  const id = key(call, 'application')
  const [, name, value = ''] = /^\((appid|uniquename)=(.+)\)$/s.exec(id) ?? []
  const isIt = (each: Application) =>
    name === 'appid' ? each.appId === value : foldName(each.uniqueName ?? '') === foldName(value)
  const application =
    name === undefined
      ? await call.directory.application(id)
      : (await call.directory.applications()).find(isIt)
  if (!application) throw notFound(name === undefined ? id : value)
  return application
}

/** The application whose service principal the path names, by id or as `(appId='…')`; throws 404. */
export async function findByPrincipal(call: Call): Promise<Application> {
  const id = key(call, 'principal')
  const appId = /^\(appid=(.+)\)$/.exec(id)?.[1]
  const applications = await call.directory.applications()
  const application = applications.find((each) =>
    appId === undefined ? each.servicePrincipalId === id : each.appId === appId,
  )
  if (!application) throw notFound(appId ?? id)
  return application
}

/** DELETE /applications/{id} */
export async function deleteApplication(call: Call): Promise<Reply> {
  const { id } = await findApplication(call)
  if (!(await call.directory.deleteApplication(id, call.change))) throw notFound(id)
  return noContent
}

/**
 * PATCH /applications/{id}. `onPremisesPublishing` may come with other properties, as in the original's older
 * tutorial; everything is validated whole, and null takes the publication back. [G1] [G4]
 */
export async function patchApplication(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  // Whoever can put a key on a client can be that client, with all that it may do.
  if (isObject(body) && body['keyCredentials'] !== undefined && !call.mayGrant) throw forbidden()
  const knowsPublishing = call.version === 'beta'
  const edit = readApplicationEdit(body, knowsPublishing)
  const publishing = knowsPublishing ? takePublishing(body).publishing : undefined
  const upload = await readUpload(publishing, 'onPremisesPublishing', call.clock())
  const certificate = newCertificate(call, upload)
  const change = (current: Application) => withUpload(edit(current), upload)
  const missing = await missingName(call, findApplication)
  if (missing !== undefined) {
    const displayName = isObject(body) ? body['displayName'] : undefined
    return createNamed(call, missing, displayName, (inside, id) =>
      changeApplication(inside, id, change, certificate),
    )
  }
  const { id } = await findApplication(call)
  const changed = await changeApplication(call, id, change, certificate)
  return publishing ? warned(call, changed, 'onPremisesPublishing') : noContent
}

/** An application with a unique name, and all that was sent for it, in one transaction: 201. */
async function createNamed(
  call: Call,
  uniqueName: string,
  displayName: unknown,
  fill: (inside: Call, id: string) => Promise<Application>,
): Promise<Reply> {
  if (displayName === undefined) throw invalid([issueAt('displayName', 'required', 'is required')])
  const application = await call.directory.together(call.change, async (directory, change) => {
    // What it is called is read with everything else, and so is what is wrong with that.
    const { id } = await directory.createApplication(String(displayName), change, uniqueName)
    return fill({ ...call, directory, change }, id)
  })
  const made = await replyItem(call, await collectionOf(call), application, 201)
  return replyCreated(call, 'applications', made)
}

/** 204, with what the caller should know of what was saved; `prefix` is where it stands in the body. [P12] */
export function warned(call: Call, { publishing }: Application, prefix: string): Reply {
  const warnings = publishing ? warningsOf(publishing, call.servedPorts, prefix) : []
  const said = writeWarnings(warnings)
  return said === undefined ? noContent : { status: 204, headers: { 'sallyport-warning': said } }
}

/** One audited change of one application; throws a Refusal that names every issue. [G4] */
export async function changeApplication(
  call: Call,
  id: string,
  edit: (current: Application) => Edited,
  certificate?: NewCertificate,
): Promise<Application> {
  // Which certificate a host is shown concerns whatever else stands there.
  if (call.isOwner && certificate) throw forbidden()
  let place = topLevel
  let wrong: Failed<Application> | undefined
  const change = (current: Application) => {
    const edited = edit(current)
    place = edited.place ?? topLevel
    // Not returned: these issues have the caller's paths already, the directory's have ours.
    if (failed(edited.application)) {
      wrong = edited.application
      // What others have is told to nobody who may not change what it would stand in the way of.
      if (wrong.draft) checkRights(call, current, wrong.draft)
      return { issues: [] }
    }
    checkRights(call, current, edited.application.value)
    return edited.application
  }
  const changed = await call.directory.updateApplication(id, call.change, change, certificate)
  const target = (path: string) => graphTarget(path, place)
  if (!wrong) return accept(changed, target)
  const { issues, draft } = wrong as Failed<Application> // `change` was called meanwhile
  const tryDraft = (value: Application) => (trial: Change) =>
    call.directory.updateApplication(id, trial, () => ({ value }))
  throw invalid(await withTrial(call, issues, target, draft && tryDraft(draft)))
}

/** Throws 403 where the change is more than the caller may do. */
function checkRights(call: Call, current: Application, next: Application): void {
  if (call.isOwner) checkOwnersChange(current, next)
  if (!call.mayGrant && asksForOther(current, next)) throw forbidden()
}

// Nobody is asked for consent: what a program may ask for, it gets in the name of whoever signs in with it, and whoever
// says where its answers go gets it, too.
/** Whether the change gives a program more of what people may do. */
export function asksForOther(before: Application, after: Application): boolean {
  const asked = ({ registration }: Application) => registration.requiredResources
  if (!isDeepStrictEqual(asked(before), asked(after))) return true
  const answered = ({ redirectUris, registration }: Application) =>
    [...redirectUris, ...registration.publicRedirectUris].sort()
  return asked(after).length > 0 && !isDeepStrictEqual(answered(before), answered(after))
}

const topLevel: Place = {
  prefix: 'onPremisesPublishing',
  spelling: 'onPremisesApplicationSegments',
}

function readApplicationEdit(
  body: unknown,
  knowsPublishing: boolean,
): (current: Application) => Edited {
  const { publishing, others } = knowsPublishing ? takePublishing(body) : { others: body }
  const reading = readBodyParts(applicationBody, others)
  if (publishing === undefined || publishing === null) {
    const change = publishing === null ? { publishing: undefined } : {}
    return (current) => ({ application: merge(reading, { ...current, ...change }) })
  }
  const edit = readPublishing(publishing, 'onPremisesPublishing')
  return (current) => {
    const wanted = edit(current.publishing)
    const parsed = applyEdit(wanted, current.publishing, randomUUID)
    const merged = merge(reading, current)
    const issues = [...issuesOf(merged), ...issuesOf(parsed)]
    const own = draftOf(merged) ?? current
    const publishing = draftOf(parsed)
    const draft = publishing ? { ...own, publishing } : own
    const application = issues.length > 0 ? { issues, draft } : { value: draft }
    return { application, place: wanted.place }
  }
}

/** What was parsed, as far as it could be. */
function draftOf<Value>(parsed: Drafted<Value>): Value | undefined {
  return failed(parsed) ? parsed.draft : parsed.value
}

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null
}

function takePublishing(body: unknown): { publishing?: unknown; others: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { others: body }
  const { onPremisesPublishing: publishing, ...others } = body as { onPremisesPublishing?: unknown }
  return { publishing, others }
}

function issuesOf(parsed: Parsed<unknown>): readonly Issue[] {
  return failed(parsed) ? parsed.issues : []
}

function merge(reading: Reading<ApplicationBody>, current: Application): Drafted<Application> {
  const { value, issues } = withKeys(reading, current.registration)
  if (!value) return { issues }
  const merged = mergeApplication(value, current)
  return issues.length > 0 ? { issues, draft: merged } : { value: merged }
}

/** The body with what is wrong with its keys; without them then. */
function withKeys<Body extends ApplicationBody>(
  { value, issues }: Reading<Body>,
  current: Registration = noRegistration,
): Reading<Body> {
  const bad = value ? badKeys(value, current) : []
  if (!value || bad.length === 0) return { value, issues }
  const message = 'must be a certificate (RSA of 2048 bits and more, EC, Ed25519) in Base64'
  const wrong = bad.map((at) => issueAt(`keyCredentials/${at}/key`, 'no-certificate', message))
  return { value: { ...value, keyCredentials: undefined }, issues: [...issues, ...wrong] }
}
