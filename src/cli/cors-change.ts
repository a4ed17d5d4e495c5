import { type Api, ifUnchanged } from './api.ts'
import { command } from './command.ts'
import { failure, usageFailure } from './failure.ts'
import { choice, flag, need, option, several, whole } from './parameter.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'
import type { Session } from './session.ts'
import { resolveTarget, type Target } from './target.ts'

const theTarget = {
  target: need('target', 'an application, or a segment by its host', { namesOf: 'targets' }),
}

const words = {
  origin: several('origin', 'pages from there: https://shop.contoso.com; several with commas'),
  method: several('method', 'beside GET, HEAD and POST', ['PUT', 'PATCH', 'DELETE', '*']),
  header: several('name', 'request headers that scripts set; x-ms-* for a prefix'),
  expose: several('name', 'answer headers that scripts may read'),
} as const

type Words = Readonly<Record<keyof typeof words, readonly string[]>>

const properties: Readonly<Record<keyof Words, string>> = {
  origin: 'allowedOrigins',
  method: 'allowedMethods',
  header: 'allowedHeaders',
  expose: 'exposedHeaders',
}

/** Finds the rule for a resource of the target, as it is at the edge at this moment. */
async function ruleFor(api: Api, target: Target, resource: string): Promise<Resource | undefined> {
  const rules = await api.list(`${target.path}/corsConfigurations`)
  const found = rules.find((rule) => textAt(rule, 'resource') === resource)
  return found && api.get(`${target.path}/corsConfigurations/${textAt(found, 'id')}`)
}

/** `cors allow`: more words for the rule of a resource, or a new rule. */
export const allow = command({
  name: 'allow',
  summary: 'let pages of other origins call an application or a segment',
  kind: 'write',
  examples: [
    'cors allow api --origin https://shop.contoso.com --method PUT --header content-type',
    'cors allow api --origin https://shop.contoso.com --resource /orders --mode dryRun',
  ],
  takes: theTarget,
  options: {
    ...words,
    resource: option('path', 'what may be called, / if unsaid'),
    maxAge: whole('seconds', 'how long a browser may remember it', 0, 86_400),
    withoutCredentials: flag('calls come without cookies, so without a session'),
    mode: choice(['enforce', 'dryRun'], 'dryRun: only count what it would refuse'),
  },
  async run(session, { target: word, resource = '/', ...input }) {
    const { api } = session
    const target = await resolveTarget(api, word)
    const current = await ruleFor(api, target, resource)
    if (current === undefined && input.origin.length === 0) {
      throw usageFailure(`${target.name} has no rule for ${resource} yet: say --origin, too.`)
    }
    const said = {
      ...(input.maxAge !== undefined && { maxAgeInSeconds: input.maxAge }),
      ...(input.withoutCredentials && { allowCredentials: false }),
      ...(input.mode !== undefined && { mode: input.mode }),
    }
    const lists = mapWords(input, (name, given) => union(wordsAt(current, properties[name]), given))
    await saveRule(session, target, current, { ...lists, ...said }, resource)
  },
})

async function saveRule(
  { api, out }: Session,
  target: Target,
  current: Resource | undefined,
  body: Resource,
  resource: string,
): Promise<void> {
  const path = `${target.path}/corsConfigurations`
  const made =
    current === undefined
      ? await api.change('POST', path, { resource, ...body })
      : await api.change('PATCH', `${path}/${textAt(current, 'id')}`, body, ifUnchanged(current))
  if (api.isDryRun) return
  const rule = made ?? (await ruleFor(api, target, resource)) ?? {}
  const origins = wordsAt(rule, 'allowedOrigins').join(', ')
  out.done(`Pages of ${origins} may call ${target.name}${resource === '/' ? '' : resource}.`, rule)
}

function mapWords(
  input: Words,
  change: (name: keyof Words, given: readonly string[]) => readonly string[],
): Record<string, readonly string[]> {
  const said = (Object.keys(properties) as (keyof Words)[]).filter((name) => input[name].length > 0)
  return Object.fromEntries(said.map((name) => [properties[name], change(name, input[name])]))
}

function union(before: readonly string[], more: readonly string[]): readonly string[] {
  const known = new Set(before.map((word) => word.toLowerCase()))
  return [...before, ...more.filter((word) => !known.has(word.toLowerCase()))]
}

/** `cors deny`: fewer words. A rule that allows nobody any more is deleted. */
export const deny = command({
  name: 'deny',
  summary: 'take origins, methods or headers out of the rules of an application or a segment',
  kind: 'write',
  examples: [
    'cors deny api --origin https://old-shop.contoso.com',
    'cors deny api --method DELETE --resource /orders',
  ],
  takes: theTarget,
  options: { ...words, resource: option('path', 'only in the rule for this path') },
  async run(session, { target: word, resource, ...input }) {
    const target = await resolveTarget(session.api, word)
    const all = await session.api.list(`${target.path}/corsConfigurations`)
    const rules = all.filter((rule) => isTouched(rule, input, resource))
    if (rules.length === 0) {
      throw failure('nothing-to-deny', `No rule of ${target.name} allows that.`, [
        'It is refused already, or let through by the application itself: sallyport explain --help',
      ])
    }
    for (const rule of rules) await shrink(session, target, rule, input)
    warnOfPatterns(session, rules, input)
  },
})

function isTouched(rule: Resource, input: Words, resource: string | undefined): boolean {
  if (resource !== undefined && textAt(rule, 'resource') !== resource) return false
  return (Object.keys(properties) as (keyof Words)[]).some((name) =>
    wordsAt(rule, properties[name]).some((word) => isAmong(word, input[name])),
  )
}

function isAmong(word: string, given: readonly string[]): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/\/$/, '')
  return given.some((each) => bare(each) === bare(word))
}

async function shrink(
  { api, out }: Session,
  target: Target,
  rule: Resource,
  input: Words,
): Promise<void> {
  const path = `${target.path}/corsConfigurations/${textAt(rule, 'id')}`
  const body = mapWords(input, (name, given) =>
    wordsAt(rule, properties[name]).filter((word) => !isAmong(word, given)),
  )
  const resource = textAt(rule, 'resource')
  if (body['allowedOrigins']?.length === 0) {
    await api.change('DELETE', path)
    out.done(`The rule for ${resource} of ${target.name} allowed nobody else; it is deleted.`, rule)
    return
  }
  const current = api.isDryRun ? rule : await api.get(path)
  await api.change('PATCH', path, body, ifUnchanged(current))
  if (api.isDryRun) return
  out.done(`The rule for ${resource} of ${target.name} is narrower now.`, await api.get(path))
}

function warnOfPatterns({ out }: Session, rules: readonly Resource[], { origin }: Words): void {
  const patterns = rules.flatMap((rule) =>
    wordsAt(rule, 'allowedOrigins').filter((word) => word.includes('*') && !isAmong(word, origin)),
  )
  if (origin.length === 0 || patterns.length === 0) return
  out.warn(`${patterns.join(', ')} is still allowed, and may take ${origin.join(', ')} in.`)
}
