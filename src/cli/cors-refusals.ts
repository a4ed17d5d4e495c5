import type { Api } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { failure } from './failure.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { option } from './parameter.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import type { Session } from './session.ts'
import type { Column } from './table.ts'
import { when } from './time.ts'

type Refused = Resource & { readonly applicationDisplayName: string }

const columns: readonly Column<Refused>[] = [
  { title: 'APPLICATION', value: (row) => row.applicationDisplayName },
  { title: 'ORIGIN', value: (row) => textAt(row, 'origin') },
  { title: 'METHOD', value: (row) => textAt(row, 'method') },
  { title: 'WHY', value: (row) => textAt(row, 'reason') },
  { title: 'MODE', value: (row) => textAt(row, 'mode') },
  { title: 'TIMES', value: (row) => textAt(row, 'count') },
  { title: 'LAST', value: (row) => when(textAt(row, 'lastDateTime')) },
  { title: 'WHAT WOULD ALLOW IT', value: (row) => textAt(row, 'offeredChange/summary') },
]

/** `cors refusals`: what was refused, and with `--allow` the rules that the edge offers for it. [D3] */
export const refusals = command({
  name: 'refusals',
  summary: 'cross-origin calls that were refused, or would be by a rule in dry run',
  kind: 'write',
  examples: ['cors refusals', 'cors refusals --app Shop --allow https://partner.example'],
  options: {
    app: option('name', 'only of this application', { namesOf: 'apps' }),
    allow: option('origin', 'make the rules that let pages of this origin do what they tried'),
  },
  async run(session, { app: word, allow }) {
    const { api, out } = session
    const apps =
      word === undefined
        ? await api.list(appKind.path, { select: appKind.select })
        : [await resolve(api, appKind, word)]
    const published = apps.filter((app) => valueAt(app, 'onPremisesPublishing'))
    if (allow !== undefined) await allowOrigin(session, published, allow)
    else out.list(await allRefusals(api, published), columns, 'Nothing was refused.')
  },
})

async function allRefusals(api: Api, apps: readonly Resource[]): Promise<readonly Refused[]> {
  const rows = await Promise.all(apps.map((app) => refusalsOf(api, app)))
  const lastOf = (row: Resource): string => textAt(row, 'lastDateTime')
  return rows.flat().toSorted((one, other) => lastOf(other).localeCompare(lastOf(one)))
}

async function refusalsOf(api: Api, app: Resource): Promise<readonly Refused[]> {
  const rows = await api.list(`${pathOf(appKind, app)}/onPremisesPublishing/corsRefusals`)
  const applicationDisplayName = nameOf(appKind, app)
  return rows.map((row) => ({ ...row, applicationId: textAt(app, 'id'), applicationDisplayName }))
}

// Of one origin there are as many offers as kinds of calls; an edge that offers for ever is not followed.
const changesMax = 50

/** An offer says how a rule is to be as a whole, so each is made on what the one before has left. */
async function allowOrigin(
  { api, out }: Session,
  apps: readonly Resource[],
  origin: string,
): Promise<void> {
  const made = new Set<string>()
  while (made.size < changesMax) {
    const rows = await allRefusals(api, apps)
    const offer = rows
      .filter((row) => textAt(row, 'origin') === origin.replace(/\/$/, ''))
      .map((row) => valueAt(row, 'offeredChange'))
      .find((each) => each && !made.has(JSON.stringify(each)))
    if (!offer) break
    made.add(JSON.stringify(offer))
    const path = textAt(offer, 'path').replace(/^\/beta(?=\/)/, '')
    const body = valueAt(offer, 'body') ?? undefined
    const changed = await api.change(textAt(offer, 'method'), path, body)
    out.done(textAt(offer, 'summary'), changed ?? (offer as Resource))
  }
  if (made.size > 0) return
  throw failure(
    'nothing-to-allow',
    `Nothing that pages of ${origin} tried can be allowed by a rule.`,
    ['See what was refused, and why: sallyport cors refusals'],
  )
}
