import { apiFailure } from './api-failure.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { need, option, readInputFile, severalWhole } from './parameter.ts'
import { cleanBlock } from './text.ts'

/** `sallyport api`: what no other command does, and what scripts want to see as it is. */
export const rawCall = command({
  name: 'api',
  summary: 'call the management API as it is',
  kind: 'write',
  examples: [
    'api GET /applications',
    'api PATCH /applications/{id} --body \'{"displayName":"Wiki"}\'',
    'api POST /identity/conditionalAccess/policies --body @policy.json --reason "ticket 4711"',
  ],
  takes: {
    method: need('method', 'GET, POST, PUT, PATCH or DELETE', [
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    ]),
    path: need('path', 'below /beta, or with /v1.0 before it'),
  },
  options: {
    body: option('json|@file', 'what is sent; @- is stdin', 'files'),
    header: severalWhole('name: value', 'one more header, such as "If-Match: W/…"'),
  },
  async run({ api, out }, { method: written, path: writtenPath, body, header }) {
    const method = written.toUpperCase()
    const path = readPath(writtenPath)
    const sent = body?.startsWith('@') ? readInputFile(body.slice(1)) : body
    if (api.isDryRun && method !== 'GET') {
      await api.change(method, path, sent === undefined ? undefined : parse(sent))
      return
    }
    const answer = await api.exchange(method, path, sent, readHeaders(header))
    if (answer.status < 200 || answer.status > 299) {
      const { server } = await api.connection()
      throw apiFailure(answer, { method, path, server })
    }
    if (answer.text === '') return
    const value = parse(answer.text)
    if (value === undefined) out.line(cleanBlock(answer.text))
    else out.raw(value)
  },
})

function readPath(written: string): string {
  const path = written.startsWith('/') ? written : `/${written}`
  return path.replace(/^\/beta(?=\/|$)/, '')
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line) ?? []
      if (name === '') throw usageFailure(`${line} is no header. Write --header "Name: value".`)
      return [name.toLowerCase(), value] as const
    }),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not everything that the API says is JSON.
    return undefined
  }
}
