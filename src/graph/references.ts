import { type Call, type Handler, linkOf, type Reply } from './call.ts'
import type { QueryOption } from './query.ts'
import { reference } from './resource/objects.ts'
import type { Route } from './route.ts'

// What is listed is told by its address alone, so that there is nothing to select or to expand.
const options: readonly QueryOption[] = ['filter', 'orderby', 'top', 'skip']

/** The row itself, and where it answers what is somewhere else, the row of the references to that (`…/$ref`). */
export function withReferences(row: Route): readonly Route[] {
  const { path, handler, area, use, versions, forOwners, refersTo } = row
  if (refersTo === undefined) return [row]
  const isList = row.options?.includes('top')
  const references: Route = {
    ...{ method: 'GET', path: `${path}/$ref`, handler: referencesOf(handler, refersTo), area },
    ...(use && { use }),
    ...(versions && { versions }),
    ...(forOwners && { forOwners }),
    ...(isList && { options }),
    ...{ answer: reference, status: 200 },
  }
  return [row, references]
}

interface Item {
  readonly id: string
}

/** OData 4.01 JSON format §14: `{"@odata.id"}` of each, or of the one. */
function referencesOf(read: Handler, place: string): Handler {
  return async (call): Promise<Reply> => {
    const { body } = await read(call)
    const toReference = ({ id }: Item) => ({ '@odata.id': linkOf(call, `${place}/${id}`) })
    const { value, ...rest } = body as { readonly value?: readonly Item[] } & Item
    if (value === undefined)
      return { status: 200, body: { ...contextOf(call, '$ref'), ...toReference(rest) } }
    const link = (body as Readonly<Record<string, unknown>>)['@odata.nextLink']
    return {
      status: 200,
      body: {
        ...contextOf(call, 'Collection($ref)'),
        ...(link !== undefined && { '@odata.nextLink': link }),
        value: value.map(toReference),
      },
    }
  }
}

function contextOf({ metadataUrl }: Call, what: string) {
  return { '@odata.context': `${metadataUrl}#${what}` }
}
