import { join } from 'node:path'
import { untilConnectors } from '../pieces.ts'
import { RunningCommand } from '../process.ts'
import type { TerminalOptions } from '../terminal.ts'
import type { Stage } from './stage.ts'

type Lines = readonly string[]

const partner = 'https://partner.example'
const pollMs = 50

const orders = 'cors allow api --origin https://shop.contoso.com --method DELETE --resource /orders'

/** What has to be so before a line makes sense, by how it begins; the line itself would be refused otherwise. */
const before: readonly (readonly [begin: string, lines: Lines])[] = [
  ['apps create --name Wiki', ['apps delete Wiki --yes']],
  ['apps create --name Shop', ['apps delete Shop --yes']],
  ['assignments create --app Shop', ['assignments remove --app Shop --to ann@contoso.com']],
  ['assignments create --app Wiki', ['assignments remove --app Wiki --to ann@contoso.com']],
  ['connector-groups create --name Berlin', ['connector-groups delete Berlin --yes']],
  ['contexts use work', ['sign-in --server https://graph.contoso.com --context work --ca ca.pem']],
  [
    'sign-out --context work',
    ['sign-in --server https://graph.contoso.com --context work --ca ca.pem'],
  ],
  ['cors deny api --method DELETE', [orders]],
  ['cors deny api --origin https://old', ['cors allow api --origin https://old-shop.contoso.com']],
  ['cors dry-run api --rule', [orders, 'cors dry-run api --rule /orders']],
  ['cors dry-run api', ['cors allow api --origin https://shop.contoso.com']],
  ['cors remove api', [orders]],
  ['groups create --name Sales', ['groups delete Sales --yes']],
  ['groups remove Sales --member ann', ['groups add Sales --member ann@contoso.com']],
  [
    'locations create --name Office',
    ['locations update Office --trusted off', 'locations delete Office --yes'],
  ],
  ['locations delete Office', ['locations update Office --trusted off']],
  ['owners remove --app Wiki', ['owners add --app Wiki --owner ann@contoso.com']],
  ['programs create --name Robot', ['programs delete Robot --yes']],
  [
    'programs grant Robot',
    ['programs revoke Robot --permission Application.Read.All,AuditLog.Read.All'],
  ],
  ['programs remove-secret Robot nightly', ['programs secret Robot --name nightly']],
  ['providers create --file providers.json', ['providers delete Keycloak --yes']],
  ['roles remove "Application', ['roles add "Application Administrator" ann@contoso.com']],
  ['segments create --app Shop --external https://api', ['segments delete api --yes']],
  ['token-lifetimes create --name "Eight', ['token-lifetimes delete "Eight hours" --yes']],
  ['token-lifetimes unassign', ['token-lifetimes assign "Eight hours" Wiki']],
  ['users create --user-name ann', ['users delete ann@contoso.com --yes']],
]

/** Of which no revision keeps anything: it is put right by a command. */
const afterwards: readonly (readonly [begin: string, lines: Lines])[] = [
  ['certificates delete', ['certificates upload --chain fullchain.pem --key privkey.pem']],
  ['connectors drain', ['connectors resume gateway-1']],
]

/** Other exit codes than 0 that docs/cli.md has for what is so on the stage. */
const exits: readonly (readonly [begin: string, exit: number])[] = [
  ['diff shop.yaml', 10],
  ['providers health Keycloak', 1],
  // What came from Entra leaves something to be decided.
  ['import entra *.json --domain-map msappproxy.net=apps.contoso.com --apply', 1],
  // There is no such proxy.
  ['doctor connector --edge', 1],
]

/** What a person answers who is asked. */
const answers: readonly (readonly [begin: string, answer: string])[] = [
  ['apply ', 'yes'],
  ['import ', 'yes'],
  ['users reset-password', 'ann@contoso.com'],
]

function find<T>(table: readonly (readonly [string, T])[], words: string): T | undefined {
  return table.find(([begin]) => words.startsWith(begin))?.[1]
}

/** Types one line of a document; resolves to what went wrong. `isSet`: the stage is set for it already. */
export async function typeDocumented(
  stage: Stage,
  line: string,
  isSet = false,
): Promise<string | undefined> {
  const words = line.replace(/^sallyport /, '')
  if (!isSet) await typeAll(stage, find(before, words))
  if (words.includes(`--allow ${partner}`)) await untilCounted(stage)
  const { exit, text } = await typeLine(stage, words)
  await typeAll(stage, find(afterwards, words))
  if (words.startsWith('connectors drain'))
    await untilConnectors(stage.edge.graph, (active) => active.includes(stage.connectorId))
  return exit === (find(exits, words) ?? 0) ? undefined : `${line} (${exit})\n${text}`
}

async function typeAll(stage: Stage, lines: Lines = []): Promise<void> {
  for (const line of lines) {
    const { exit, text } = await typeLine(stage, line)
    if (exit !== 0) throw new Error(`${line} (${exit})\n${text}`)
  }
}

async function typeLine(stage: Stage, words: string) {
  if (/ -(?: |$)/.test(words)) return typePiped(stage, words)
  if (words.startsWith('tail')) return typeTail(stage, words)
  return stage.type(words, optionsFor(stage, words))
}

/** With requests to see for as long as it runs; Ctrl-C once there is something, unless it ends by itself. */
async function typeTail(stage: Stage, words: string) {
  const ending = new AbortController()
  const stop = words.includes('--count')
    ? {}
    : { onOutput: (text: string) => void (/OPTIONS|GET/.test(text) && ending.abort()) }
  let isOver = false
  const said = stage.type(words, { signal: ending.signal, ...stop }).finally(() => {
    isOver = true
  })
  while (!isOver) await refuseCall(stage)
  return said
}

function optionsFor(stage: Stage, words: string): TerminalOptions {
  if (words.startsWith('sign-in ')) {
    const where = { SALLYPORT_CA: join(stage.folder, 'ca.pem') }
    const config = { XDG_CONFIG_HOME: join(stage.folder, 'config') }
    return { environment: { ...stage.robot, ...where, ...config } }
  }
  if (/^(?:sign-out|contexts)/.test(words))
    return { environment: { XDG_CONFIG_HOME: join(stage.folder, 'config') } }
  const answer = find(answers, words)
  return answer === undefined || words.includes('--yes')
    ? {}
    : { columns: 100, stdin: `${answer}\n` }
}

/** A call of a page that no rule allows. */
async function refuseCall(stage: Stage): Promise<void> {
  const headers = { origin: partner, 'access-control-request-method': 'PUT' }
  await stage.ask('https://api.contoso.com/orders', { method: 'OPTIONS', headers })
}

/** Counts are written to the directory now and then; there is nothing that tells when. */
async function untilCounted(stage: Stage): Promise<void> {
  await refuseCall(stage)
  while (!(await stage.expect('cors refusals')).stdout.includes(partner))
    await new Promise((resolve) => setTimeout(resolve, pollMs))
}

/** Commands that read what stands before them in a pipe do so in a process of their own. */
async function typePiped(stage: Stage, words: string) {
  const file = words.startsWith('doctor') ? 'console.txt' : `${words.split(' ')[0]}.json`
  const line = `cat ${file} | "${process.execPath}" "${process.cwd()}/src/main.ts" ${stage.translate(words)}`
  const env = { ...stage.environment }
  await using shell = new RunningCommand('sh', ['-c', line], { cwd: stage.folder, env })
  const exit = await shell.exit
  return { exit, text: shell.stdout + shell.stderr }
}
