import type { Issue } from '../../base/check.ts'
import { deleteApplication } from '../applications.ts'
import type { Call } from '../call.ts'
import { issueAt } from '../shape/body.ts'
import { applyApplicationParts, applyApplications, createApplications } from './applications.ts'
import { Applying } from './applying.ts'
import { type Item, nameOf, type Section, sections, writePresent } from './document.ts'
import { readKnown } from './known.ts'
import { applyGroupMembers, applyRoleMembers } from './members.ts'
import { Names } from './names.ts'
import {
  applySection,
  type Matched,
  match,
  type PlainSection,
  pruneSection,
} from './plain-sections.ts'

/**
 * Makes the configuration what the document says; `call` is inside of a transaction, which the caller undoes when there are
 * issues. What the document leaves out stays as it is; with `prune`, what a section of it does not list is deleted.
 */
export async function applyDocument(
  call: Call,
  document: unknown,
  prune: boolean,
): Promise<readonly Issue[]> {
  const read = readSections(document)
  if (read.issues.length > 0) return read.issues
  const known = await readKnown(call.directory)
  const applying = new Applying(call, new Names(known), prune)
  const written = writePresent(known, call.providers)
  const matched = (section: Section): readonly Matched[] =>
    match(applying, section, read.parts[section] ?? [], written.get(section) ?? [])
  const found = Object.fromEntries(sections.map((each) => [each, matched(each)]))
  const of = (section: Section) => found[section] ?? []
  const lose = async (section: PlainSection) => {
    if (read.parts[section])
      await pruneSection(applying, section, of(section), written.get(section) ?? [])
  }
  const make = (section: PlainSection) => applySection(applying, section, of(section))
  const learn = async () => {
    const now = await readKnown(call.directory)
    applying.names = new Names(now)
    return now
  }

  // What goes may hold a URL that something new wants, or name what goes after it.
  await lose('conditionalAccessPolicies')
  if (read.parts.applications)
    await pruneApplications(applying, of('applications'), written.get('applications') ?? [])
  await make('connectorGroups')
  await make('users')
  await make('groups')
  await make('namedLocations')
  await make('tokenLifetimePolicies')
  const applications = await createApplications(applying, of('applications'))
  const named = await learn()
  await applyGroupMembers(applying, of('groups'), named)
  await make('identityProviders')
  await applyApplications(applying, applications)
  await applyApplicationParts(applying, applications, await learn())
  await make('conditionalAccessPolicies')
  await applyRoleMembers(applying, of('directoryRoles'), named)
  await lose('identityProviders')
  await lose('tokenLifetimePolicies')
  await lose('namedLocations')
  await lose('groups')
  await lose('connectorGroups')
  return applying.issues
}

async function pruneApplications(
  applying: Applying,
  matched: readonly Matched[],
  known: readonly { readonly id: string; readonly item: Item }[],
): Promise<void> {
  if (!applying.prune) return
  const kept = new Set(matched.map((each) => each.known?.id))
  for (const { id, item } of known) {
    if (kept.has(id)) continue
    await applying.remove('applications', nameOf(item), () =>
      applying.run(deleteApplication, { application: id }),
    )
  }
}

/** The sections of a document, as far as it is one. */
function readSections(document: unknown): {
  readonly parts: Readonly<Partial<Record<Section, readonly Item[]>>>
  readonly issues: readonly Issue[]
} {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { parts: {}, issues: [issueAt('', 'invalid-type', 'must be an object')] }
  }
  const issues: Issue[] = []
  const parts: Partial<Record<Section, readonly Item[]>> = {}
  for (const [name, value] of Object.entries(document) as [string, unknown][]) {
    if (name === 'version') {
      if (value !== 1) issues.push(issueAt('version', 'version', 'must be 1'))
    } else if (!sections.some((section) => section === name)) {
      issues.push(issueAt(name, 'unknown-property', 'is not a known property'))
    } else if (!Array.isArray(value)) {
      issues.push(issueAt(name, 'invalid-type', 'must be a list'))
    } else {
      const bad = value.findIndex(
        (item) => typeof item !== 'object' || item === null || Array.isArray(item),
      )
      if (bad >= 0) issues.push(issueAt(`${name}/${bad}`, 'invalid-type', 'must be an object'))
      parts[name as Section] = value as Item[]
    }
  }
  return { parts, issues }
}
