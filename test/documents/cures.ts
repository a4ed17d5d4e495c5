import { exitCodes } from '../../src/cli/failure.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { untilConnectors } from '../pieces.ts'
import type { Stage } from './stage.ts'

/** How an error comes about on the stage, and how it shows. The commands of its page must make it go away. */
export interface Cure {
  /** What makes it come about, as commands that work. */
  readonly before: readonly string[]
  /** The codes that are met. */
  readonly meet: (stage: Stage) => Promise<readonly string[]>
  /** The page's commands help the next time: what went wrong once stays wrong. */
  readonly isLasting?: true
}

const page = 'https://shop.contoso.com'
const target = 'https://api.contoso.com/orders'

/** A preflight for a call of the page, as browsers send it. */
function preflight(method: string, header?: string): Cure['meet'] {
  return async (stage) => {
    const answer = await stage.ask(target, {
      method: 'OPTIONS',
      headers: {
        origin: stage.translate(page),
        'access-control-request-method': method,
        ...(header && { 'access-control-request-headers': header }),
      },
    })
    return answer.status === 204 ? [] : [JSON.parse(answer.text).error.code]
  }
}

/** A call of somebody who is signed in. */
function call(url: string): Cure['meet'] {
  return async (stage) => {
    const answer = await stage.ask(url, { headers: { accept: 'application/json' } }, true)
    return answer.status < 400 ? [] : [JSON.parse(answer.text).error.code]
  }
}

// `✗ code`, `✗ file:line:column   code`, `(code)`, `sallyport errors show code`: how the command line says them.
const saidCode =
  /(?<=^✗ (?:\S+:\d+:\d+ +)?)[\w-]+(?= )|(?<=\()[\w-]+(?=\)$)|(?<=errors show )[\w-]+$/gm

/** A command, with the codes on standard error when it does not work. */
function command(line: string, environment?: (stage: Stage) => Record<string, string>) {
  return async (stage: Stage): Promise<readonly string[]> => {
    const options = environment && { environment: environment(stage) }
    const { exit, stderr } = await stage.type(line, options)
    const codes = Array.from(stderr.matchAll(saidCode), ([code]) => code)
    return exit === 0 ? [] : [...codes, ...(exit === exitCodes.usage ? ['usage'] : [])]
  }
}

/** Every code at any depth. */
function codesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => {
    return /^(?:code|innerCode|finerCode)$/.test(name) ? [String(each)] : codesIn(each)
  })
}

/** What the doctor finds about a call of the page. */
function findings(...options: readonly string[]): Cure['meet'] {
  return async (stage) => {
    const asked = ['doctor cors', '--page', `${page}/`, '--target', target, ...options, '--json']
    const answer = JSON.parse((await stage.expect(asked.join(' '))).stdout)
    return answer.findings.map(({ id }: Json) => String(id))
  }
}

/** What the edge would refuse the request for. */
function explained(...options: readonly string[]): Cure['meet'] {
  return async (stage) => {
    const { stdout } = await stage.expect(['explain', ...options, '--json'].join(' '))
    return codesIn(JSON.parse(stdout))
  }
}

const nobody = (stage: Stage) => ({ XDG_CONFIG_HOME: `${stage.folder}/nowhere` })
const robot = (stage: Stage) => ({
  ...{ SALLYPORT_SERVER: `https://localhost:${stage.edge.port}`, ...stage.robot },
  ...{ SALLYPORT_CA: `${stage.folder}/ca.pem`, XDG_CONFIG_HOME: `${stage.folder}/nowhere` },
})

const allowed = `cors allow api --origin ${page}`
const upload = (name: string): Cure => ({
  before: [],
  meet: command(`certificates upload --chain ${name}.pem --key ${name}.key`),
  isLasting: true,
})
const written = (line: string): Cure => ({ before: [], meet: command(line), isLasting: true })

/** By code. */
export const cures: Readonly<Record<string, Cure>> = {
  // Calls from one origin to another.
  'cors-no-rule': { before: [], meet: preflight('PUT', 'content-type') },
  'cors-origin-not-allowed': {
    before: ['cors allow api --origin https://partner.example'],
    meet: preflight('GET', 'accept'),
  },
  'cors-method-not-allowed': { before: [allowed], meet: preflight('PATCH') },
  'cors-header-not-allowed': { before: [allowed], meet: preflight('GET', 'content-type') },
  'no-rule': { before: [], meet: findings('--method PUT') },
  'near-origin': { before: ['cors allow api --origin http://shop.contoso.com'], meet: findings() },
  'origin-not-allowed': {
    before: ['cors allow api --origin https://partner.example'],
    meet: findings(),
  },
  'method-not-allowed': { before: [allowed], meet: findings('--method PATCH') },
  'header-not-allowed': {
    before: [allowed],
    meet: findings('--header "Content-Type: application/json"'),
  },
  'rule-in-dry-run': {
    before: [`${allowed} --method PUT`, 'cors dry-run api'],
    meet: findings('--method PUT'),
  },
  'rule-elsewhere': { before: [`${allowed} --resource /invoices`], meet: findings() },
  'websocket-origin-not-allowed': {
    before: ['segments delete shop --yes'],
    meet: explained(target, '--mode webSocket', `--origin ${page}`, '--user ann@contoso.com'),
  },

  // Who may enter, and whether the application is open.
  'not-assigned': {
    before: ['assignments remove --app Shop --to ann@contoso.com'],
    meet: call(target),
  },
  maintenance: { before: ['apps maintenance Shop on'], meet: call(target) },
  'in-maintenance': { before: ['apps maintenance Shop on', allowed], meet: findings() },
  'application-disabled': {
    before: [
      `api PATCH "/servicePrincipals(appId='4f6f4f6e-0a1c-4f5e-9d36-0b7b4c2d9a10')" --body '{"accountEnabled":false}'`,
    ],
    meet: call(target),
  },
  'unknown-person': {
    before: ['users delete ann@contoso.com --yes'],
    meet: command(
      `api POST /doctor/explain --body '{"request":{"method":"GET","url":"${target}","userPrincipalName":"ann@contoso.com"}}'`,
    ),
  },

  // Addresses.
  'segment-not-listed': { before: ['segments delete api --yes'], meet: call(target) },
  'no-segments': {
    before: [
      'apps update Shop --without-segments closed',
      'segments delete api --yes',
      'segments delete shop --yes',
    ],
    meet: call('https://web.contoso.com/'),
  },
  'unknown-host': {
    before: ['apps unpublish Wiki --yes', 'apps unpublish Shop --yes'],
    meet: explained('https://wiki.contoso.com/', '--user ann@contoso.com'),
  },
  'unknown-path': {
    before: ['apps update Wiki --external https://wiki.contoso.com/handbook/'],
    meet: call('https://wiki.contoso.com/reports'),
  },
  OnPremisesPublishing_NotEnabled: {
    before: ['apps unpublish Wiki --yes'],
    async meet(stage) {
      const { id } = JSON.parse((await stage.expect('apps show Wiki --json')).stdout)
      const rule = '{"resource":"/","allowedOrigins":["https://shop.contoso.com"]}'
      const path = `/applications/${id}/onPremisesPublishing/corsConfigurations`
      return command(`api POST ${path} --body '${rule}'`)(stage)
    },
  },
  'segments-need-wildcard': {
    before: [
      'segments delete api --yes',
      'segments delete shop --yes',
      'apps update Shop --external https://one.contoso.com/ --internal http://one.test/',
    ],
    meet: command(
      'segments create --app Shop --external https://web.contoso.com/ --internal http://web.test/',
    ),
  },
  'external-https': written('apps update Wiki --external http://wiki.contoso.com/'),

  // On the way to the application.
  'no-connector': { before: ['apps update Shop --group Berlin'], meet: call(target) },
  draining: {
    before: ['connectors drain host1 --grace 0'],
    async meet(stage) {
      const { stdout } = await stage.expect('connectors show host1 --json')
      if (JSON.parse(stdout).isDrained !== true) {
        await untilConnectors(stage.edge.graph, (active) => active.includes(stage.connectorId))
        return []
      }
      return ['draining']
    },
  },
  'backend-refused': {
    before: ['segments update api --internal http://closed.test/'],
    meet: call(target),
  },
  'backend-rubbish': {
    before: ['segments update api --internal https://plain.test/'],
    meet: call(target),
  },
  'backend-unreachable': {
    before: ['apps update Wiki --internal http://nowhere.invalid/'],
    meet: call('https://wiki.contoso.com/'),
  },
  'backend-certificate': {
    before: ['apps update Wiki --internal https://untrusted.test/'],
    meet: call('https://wiki.contoso.com/'),
  },
  'group-has-applications': {
    before: ['apps update Wiki --group Berlin'],
    meet: command('connector-groups delete Berlin --yes'),
  },
  'group-has-connectors': {
    before: ['connectors move host1 --group Berlin'],
    meet: command('connector-groups delete Berlin --yes'),
  },

  // Programs, and the command line.
  Authorization_RequestDenied: {
    before: ['programs revoke Robot --permission Application.Read.All'],
    meet: command('apps list', robot),
  },
  'certificate-unknown': {
    ...written('whoami'),
    meet: command('whoami --server https://graph.contoso.com', () => ({ SALLYPORT_TOKEN: 'x' })),
  },
  'edge-unreachable': {
    ...written('whoami'),
    meet: command('whoami --server https://localhost:1', () => ({ SALLYPORT_TOKEN: 'x' })),
  },
  'no-server': { ...written('apps list'), meet: command('apps list', nobody) },
  'context-unknown': written('apps list --context nowhere'),
  usage: written('apps create'),
  'not-found': written('apps show Wikki'),
  'bad-filter': written("api GET '/applications?$filter=displayName%20is%20W'"),
  'bad-orderby': written("api GET '/applications?$orderby=secrets'"),
  'bad-option': written("api GET '/users?$top=many'"),

  // Files.
  ...Object.fromEntries(
    [
      ...['key-mismatch', 'expired', 'no-names', 'weak-key', 'unsupported-key'],
      ...['no-server-certificate', 'not-in-chain', 'certificate-malformed', 'key-malformed'],
    ].map((code) => [code, upload(code)]),
  ),
  // The rules of YAML have one page for all of them.
  'yaml-syntax': {
    ...written(''),
    async meet(stage) {
      const codes = await command('diff broken.yaml')(stage)
      return codes.map((code) => (code.startsWith('yaml-') ? 'yaml-syntax' : code))
    },
  },
  'unknown-property': written('diff misspelt.yaml'),
}
