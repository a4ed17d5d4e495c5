import { command } from './command.ts'
import { connector } from './doctor-connector.ts'
import { applyOption, type Choice, chooseOption, optionsOf } from './doctor-options.ts'
import { writeFinding } from './doctor-text.ts'
import { readHeaderLines } from './explain.ts'
import { exitCodes, Failure, usageFailure } from './failure.ts'
import { choice, flag, option, readInputFile, severalWhole } from './parameter.ts'
import { listAt, type Resource, textAt, wordsAt } from './resource.ts'
import type { Session } from './session.ts'
import { clean } from './text.ts'
import { writeTrail } from './trail-text.ts'

/** `sallyport doctor cors`: why a page may not call, and what cures it. [D2] */
const cors = command({
  name: 'cors',
  summary: 'why a cross-origin call fails, in the browser’s words, and what cures it',
  kind: 'remove',
  examples: [
    'doctor cors --page https://shop.contoso.com/ --target https://api.contoso.com/orders --method PUT',
    'doctor cors --console "Access to fetch at … has been blocked by CORS policy: …"',
    'doctor cors --request 01JF8Z --apply cors-rule --yes',
    'doctor cors --har failed.har --json',
  ],
  options: {
    page: option('url', 'the page whose script calls'),
    target: option('url', 'what it calls'),
    method: option('method', 'GET if unsaid', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    header: severalWhole('name: value', 'a header that the script sets; several times'),
    credentials: choice(['include', 'omit', 'same-origin'], 'as in fetch()'),
    console: option('message', 'what the browser’s console says; - is stdin'),
    har: option('file', 'what the browser’s network view saved', 'files'),
    request: option('id', 'a request that the edge has seen'),
    live: flag('send it through the edge to the application, and look at what comes back'),
    apply: option('option', 'which cure, by its name or number'),
    check: flag('exit code 4 when the browser would block it'),
  },
  async run(session, input) {
    const { api, out } = session
    const question = readQuestion(input)
    const call = input.live ? 'probe' : 'examine'
    if (input.live) out.progress('Asking the edge and the application …')
    const answer = (await api.call('POST', `/doctor/${call}`, question)) ?? {}
    const options = optionsOf(answer)
    if (input.apply !== undefined) {
      await applyOption(session, options, input.apply)
      return
    }
    if (out.isJson) out.json(answer)
    else if (out.isQuiet) out.line(clean(textAt(answer, 'verdict')))
    else tell(session, answer, options)
    const chosen = await chooseOption(session, options)
    // Whoever has chosen need not be asked once more.
    if (chosen !== undefined) await applyOption({ ...session, yes: true }, options, chosen)
    else if (input.check && textAt(answer, 'verdict') === 'blocked') throw blocked(answer)
  },
})

type Input = Readonly<
  Record<'page' | 'target' | 'method' | 'console' | 'har' | 'request', string | undefined>
> & {
  readonly header: readonly string[]
  readonly credentials: string | undefined
}

function readQuestion(input: Input): Resource {
  // Some browsers' messages do not name the page.
  const addresses = input.console === undefined ? (input.page ?? input.target) : input.target
  const ways = [input.console, input.har, input.request, addresses]
  if (ways.filter((way) => way !== undefined).length !== 1) {
    throw usageFailure(
      'Say --page and --target, or --console, or --har, or --request.',
      'sallyport doctor cors --help',
    )
  }
  if (input.console !== undefined) {
    const message = input.console === '-' ? readInputFile('-') : input.console
    const named = input.page === undefined ? {} : { pageUrl: input.page }
    return { consoleMessage: message.trim(), ...named }
  }
  if (input.har !== undefined) return { har: readHar(input.har) }
  if (input.request !== undefined) return { requestId: input.request }
  if (input.page === undefined || input.target === undefined) {
    throw usageFailure('The doctor wants to know both: --page and --target.')
  }
  return {
    pageUrl: input.page,
    targetUrl: input.target,
    ...(input.method !== undefined && { method: input.method.toUpperCase() }),
    ...(input.header.length > 0 && { headers: readHeaderLines(input.header) }),
    ...(input.credentials !== undefined && { credentials: input.credentials }),
  }
}

function readHar(file: string): string {
  const text = readInputFile(file)
  try {
    JSON.parse(text)
    return text
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw usageFailure(`${file} is no HAR: ${cause.message}.`)
  }
}

const verdicts = {
  allowed: ['good', '✓ The browser lets it through.'],
  blocked: ['bad', '✗ The browser blocks it.'],
  depends: ['warn', '? It depends on what the application answers.'],
} as const

function tell({ out }: Session, answer: Resource, options: readonly Choice[]): void {
  const verdict = textAt(answer, 'verdict')
  const [style, sentence] = verdicts[verdict as keyof typeof verdicts] ?? ['warn', verdict]
  out.line(out.paint(style, clean(sentence)))
  const page = answer['page'] as Resource | null | undefined
  const exchanges = [...(page ? listAt(page, 'exchanges') : []), ...listAt(answer, 'exchanges')]
  for (const exchange of exchanges) out.line(`  ${clean(lineOf(exchange))}`)
  for (const sentence of [...wordsAt(answer, 'notes'), ...wordsAt(answer, 'unseen')]) {
    out.paragraph(`  ${clean(sentence)}`, 2)
  }
  for (const finding of listAt(answer, 'findings')) {
    const own = options.filter((each) => each.finding === finding)
    for (const line of writeFinding(finding, own, out.paint)) out.paragraph(line, indentOf(line))
  }
  const trail = listAt(answer, 'trail')
  if (trail.length === 0) return
  out.line('')
  for (const line of writeTrail(trail, out.paint)) out.paragraph(`  ${line}`, 7)
}

/** `GET https://… → 401 (the edge, nobody signed in)` */
function lineOf(exchange: Resource): string {
  const [method, url] = ['method', 'url'].map((name) => textAt(exchange, name))
  const came = textAt(exchange, 'status') || textAt(exchange, 'failure')
  const who =
    textAt(exchange, 'via') === 'edge' ? 'the edge, nobody signed in' : 'the application itself'
  return `${method} ${url} → ${came} (${who})`
}

/** Lines of a paragraph stand below each other. */
function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function blocked(answer: Resource): Failure {
  const [finding] = listAt(answer, 'findings')
  return new Failure({
    code: textAt(finding, 'id') || 'blocked',
    exitCode: exitCodes.refused,
    message: textAt(finding, 'title') || 'The browser blocks it.',
    browser: textAt(finding, 'corsError') || undefined,
  })
}

export const doctor = [cors, connector]
