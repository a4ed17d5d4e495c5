import { listErrorPages, readErrorPage } from '../manual/error-page.ts'
import { command } from './command.ts'
import { failure } from './failure.ts'
import { nearest } from './nearest.ts'
import { need } from './parameter.ts'
import type { Resource } from './resource.ts'

interface Row extends Resource {
  readonly code: string
  readonly title: string
}

function listRows(): readonly Row[] {
  return listErrorPages().map(({ code, title }): Row => ({ code, title }))
}

const list = command({
  name: 'list',
  summary: 'every code that an error can have',
  kind: 'local',
  examples: ['errors list'],
  async run({ out }) {
    const columns = [
      { title: 'CODE', value: (row: Row) => row.code },
      { title: 'WHAT IT SAYS', value: (row: Row) => row.title },
    ]
    out.list(listRows(), columns, 'None: this installation has no documents.', 'code')
  },
})

const show = command({
  name: 'show',
  summary: 'what an error means, who can put it right, and how',
  kind: 'local',
  examples: ['errors show cors-no-rule'],
  takes: { code: need('code', 'as the error has it') },
  async run({ out }, { code }) {
    const text = readErrorPage(code)
    if (text === undefined) {
      const near = nearest(
        code,
        listRows().map((row) => row.code),
      )
      const hint = near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []
      throw failure('not-found', `There is no page about ${code}.`, hint)
    }
    if (out.isJson) out.json({ code, text })
    else out.line(text.trimEnd())
  },
})

/** `sallyport errors` */
export const errors = [list, show]
