import { command } from './command.ts'
import { pickContext, readContexts, writeContexts } from './contexts.ts'
import { need } from './parameter.ts'
import type { Resource } from './resource.ts'

interface Row extends Resource {
  readonly context: string
  readonly server: string
  readonly isCurrent: boolean
}

const list = command({
  name: 'list',
  summary: 'sign-ins that are kept on this machine',
  kind: 'local',
  examples: ['contexts list'],
  async run({ out, surroundings: { environment } }) {
    const { current, byName } = await readContexts(environment)
    const rows = Object.entries(byName).map(
      ([context, { server }]): Row => ({ context, server, isCurrent: context === current }),
    )
    const columns = [
      { title: '', value: (row: Row) => (row.isCurrent ? '*' : '') },
      { title: 'NAME', value: (row: Row) => row.context },
      { title: 'EDGE', value: (row: Row) => row.server },
    ]
    out.list(rows, columns, 'None: sallyport sign-in --server https://graph.<domain>', 'context')
  },
})

const use = command({
  name: 'use',
  summary: 'let the next commands go to another edge',
  kind: 'local',
  examples: ['contexts use work'],
  takes: { context: need('name', 'from contexts list', { namesOf: 'contexts' }) },
  async run({ out, surroundings: { environment } }, { context: name }) {
    const contexts = await readContexts(environment)
    const picked = pickContext(contexts, name)
    await writeContexts(environment, { ...contexts, current: name })
    const server = picked?.context.server ?? ''
    out.done(`Commands go to ${server} now.`, { context: name, server }, 'context')
  },
})

export const contexts = [list, use]
