import { globSync, readFileSync } from 'node:fs'

/** One place in the sources that writes a line into the log. */
export interface LogCall {
  readonly file: string
  readonly level: string
  /** As written between its quotes; of a template the places of its values are `…`. Undefined: it is no constant. */
  readonly messages: readonly string[] | undefined
  readonly fields: readonly string[]
}

// Those that go on with another's call, or write none of their own.
const passing = ['src/base/stranger-log.ts']
// What is spread into fields and was put together elsewhere; the compiler knows that all of it may be logged.
const handedOver: Readonly<Record<string, readonly string[]>> = {
  'src/connector/link-keeper.ts more': ['refusal', 'retryInMs'],
  'src/graph/graph.ts ids': ['requestId', 'clientRequestId'],
  'src/run/hub.ts facts': ['machineName', 'version', 'externalIp'],
  'src/run/worker-pool.ts end': ['code', 'signal', 'reason'],
  'src/tunnel/admission.ts refusal': ['code', 'message'],
  'src/tunnel/edge-end.ts end': ['code', 'message', 'refusal'],
  'src/tunnel/edge-end.ts facts': ['machineName', 'version', 'externalIp'],
  'src/tunnel/edge-end.ts health': ['origin', 'code', 'tookMs'],
}
const call = /\b(?:log|strangers|\w*[lL]og)\??(?:\.(debug|info|warn|error)|\[(\w+)\[\w+\]\])\(/g

/** Every call of a log in the sources, by what is written there. */
export function findLogCalls(): readonly LogCall[] {
  return globSync('src/**/*.ts', { exclude: ['**/*.test.ts', 'src/cli/**', 'src/portal/**'] })
    .sort()
    .flatMap((file) => callsIn(file, readFileSync(file, 'utf8')))
    .filter(({ file, fields }) => !passing.includes(file) || fields.includes('unsaid'))
}

function callsIn(file: string, text: string): LogCall[] {
  return [...text.matchAll(call)]
    .map((found) => {
      const start = found.index + found[0].length
      const [fields = '', message = ''] = splitArguments(text, start)
      const before = text.slice(0, found.index)
      const level = found[1] ?? levelsOf(text, found[2] ?? '')
      const names = fieldsOf(fields, before).flatMap((name) =>
        name.startsWith('…') ? (handedOver[`${file} ${name.slice(1)}`] ?? name) : name,
      )
      return { file, level, messages: messagesOf(message), fields: [...new Set(names)].sort() }
    })
    .filter(({ messages, fields }) => messages === undefined || messages.length + fields.length > 0)
}

/** The arguments of a call that begins here, at commas that stand in nothing else. */
function splitArguments(text: string, start: number): string[] {
  const found: string[] = []
  let depth = 0
  let quote = ''
  let from = start
  for (let at = start; ; at++) {
    const character = text[at] ?? assertEnd()
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (/['"`]/.test(character)) quote = character
    else if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character) && depth > 0) depth--
    else if (depth === 0 && /[,)]/.test(character)) {
      found.push(text.slice(from, at).trim())
      from = at + 1
      if (character === ')') return found
    }
  }
}

function assertEnd(): never {
  throw new Error('a call that does not end')
}

/** A table of levels by state: `const levels = { up: 'info', … }`. */
function levelsOf(text: string, name: string): string {
  const [, body = ''] = new RegExp(`const ${name}[^=]*= \\{([^}]*)\\}`).exec(text) ?? []
  return [...new Set(Array.from(body.matchAll(/: '(\w+)'/g), ([, level]) => level))].join(', ')
}

function messagesOf(expression: string): readonly string[] | undefined {
  const choice = /^\w+\s*\?\s*('[^']*')\s*:\s*('[^']*')$/.exec(expression)
  if (choice) return [choice[1], choice[2]].flatMap((each = '') => messagesOf(each) ?? [])
  const literal = /^(['"`])(.*)\1$/s.exec(expression)
  return literal ? [(literal[2] ?? '').replaceAll(/\$\{[^}]*\}/g, '…')] : undefined
}

/** Names of fields, those of objects that were put together before the call included. */
function fieldsOf(expression: string, before: string): readonly string[] {
  if (/^\w+$/.test(expression)) return objectNamed(expression, before)
  const body = /^\{([\s\S]*)\}$/.exec(expression)?.[1]
  if (body === undefined) return [`? ${expression}`]
  return splitArguments(`${body})`, 0).flatMap((member) => {
    if (member === '') return []
    const [, spread] = /^\.\.\.(?:\w+\.)*(\w+)$/.exec(member) ?? []
    if (spread !== undefined) return objectNamed(spread, before)
    return /^\w+/.exec(member)?.[0] ?? `? ${member}`
  })
}

function objectNamed(name: string, before: string): readonly string[] {
  const at = before.search(
    new RegExp(`const ${name}(?:: \\w+)? = \\{(?![\\s\\S]*const ${name}\\b[^=]*= \\{)`),
  )
  if (at < 0) return [`…${name}`]
  const object = before.slice(before.indexOf('= {', at) + 2)
  return fieldsOf(object.slice(0, matchingBrace(object)), before.slice(0, at))
}

function matchingBrace(text: string): number {
  let depth = 0
  for (const [at, character] of [...text].entries()) {
    if (character === '{') depth++
    if (character === '}' && --depth === 0) return at + 1
  }
  return text.length
}
