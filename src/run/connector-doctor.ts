import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname, networkInterfaces, release } from 'node:os'
import { getCACertificates } from 'node:tls'
import { failed, type Parsed } from '../base/check.ts'
import type { ConnectorCheck } from '../base/connector-check.ts'
import { Fault } from '../base/fault.ts'
import { softwareVersion } from '../base/version.ts'
import type { ConnectorQuestion } from '../cli/surroundings.ts'
import { parseAllowList } from '../connector/allow-list.ts'
import { diagnose, edgesOf } from '../connector/diagnosis.ts'
import { type ConnectorIdentity, lookAtIdentity } from '../connector/enrolment.ts'
import { type HttpProxy, parseProxy, readProxyEnvironment } from '../connector/proxy.ts'
import { decodeToken } from '../connector/token.ts'
import { fingerprintOf } from '../tunnel/dial.ts'

/**
 * Examines what `sallyport connector` with the same options would meet, and tells each thing when it is found. Resolves to
 * the facts that go with it, without secrets. Rejects with `invalid` for options that the connector would refuse.
 */
export async function examineConnector(
  question: ConnectorQuestion,
  tell: (check: ConnectorCheck) => void,
): Promise<Readonly<Record<string, unknown>>> {
  const identity = question.data === undefined ? undefined : await lookAtIdentity(question.data)
  const token = question.token === undefined ? undefined : accept(decodeToken(question.token))
  const ca = await Promise.all(question.ca.map((file) => readFile(file, 'utf8')))
  const environment = readProxyEnvironment(question.environment)
  const written = question.proxy ?? environment.httpsProxy
  const proxy = written === undefined ? undefined : accept(parseProxy(written))
  const noProxy = question.proxy === undefined ? environment.noProxy : undefined
  const edges = edgesOf(question.edges, identity?.edge ?? token?.edge)
  if (edges.length === 0) {
    const message =
      'Which edge? Say --data with the connector’s folder, or --token, or --edge host:port.'
    throw new Fault('invalid', message)
  }
  const hide = hider(secretsOf(question, identity, written, proxy))
  await diagnose({
    identity: identity && { ...identity, folder: question.data ?? '' },
    pinned: { caPem: identity?.caPem, fingerprint: token?.ca },
    edges,
    way: {
      transport: question.transport ?? 'auto',
      ...{ proxy, noProxy },
      proxyCa: ca.length > 0 ? [...getCACertificates('default'), ...ca] : undefined,
    },
    proxyFrom: question.proxy === undefined ? 'HTTPS_PROXY of the environment' : '--proxy',
    ca,
    allow: question.allow.length > 0 ? accept(parseAllowList(question.allow)) : undefined,
    origins: question.origins,
    tell: (check) => tell(hide(check)),
    signal: question.signal,
  })
  return hide({
    ...machineFacts(),
    ...{ edges, transport: question.transport ?? 'auto' },
    connectorId: identity?.connectorId ?? null,
    authority: identity ? authorityFacts(identity.caPem) : (token?.ca ?? null),
    proxy: proxy ? proxyFacts(proxy, question.proxy === undefined) : null,
    noProxy: noProxy ?? null,
    allow: question.allow,
    authorities: ca.flatMap(subjectsOf),
  })
}

function accept<Value>(parsed: Parsed<Value>): Value {
  if (!failed(parsed)) return parsed.value
  throw new Fault('invalid', parsed.issues.map(({ message }) => message).join('\n  '))
}

function machineFacts() {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all
      .filter(({ internal }) => !internal)
      .map(({ cidr, address }) => `${name} ${cidr ?? address}`),
  )
  return {
    ...{ version: softwareVersion, node: process.version },
    system: `${process.platform} ${process.arch} ${release()}`,
    ...{ machineName: hostname(), addresses, time: new Date().toISOString() },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

function authorityFacts(pem: string) {
  const { subject, validFrom, validTo } = new X509Certificate(pem)
  return { subject, validFrom, validTo, fingerprint: fingerprintOf(pem) }
}

function proxyFacts({ scheme, host, port, authorization }: HttpProxy, isEnvironment: boolean) {
  const from = isEnvironment ? 'environment' : '--proxy'
  return { scheme, host, port, hasCredentials: authorization !== undefined, from }
}

function subjectsOf(pem: string): readonly string[] {
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return all.map((each) => new X509Certificate(each).subject)
}

/** Shorter words would be found in innocent ones. */
const secretMinLength = 4

function secretsOf(
  { token }: ConnectorQuestion,
  identity: ConnectorIdentity | undefined,
  proxyUrl: string | undefined,
  proxy: HttpProxy | undefined,
): readonly string[] {
  const credentials = proxy?.authorization?.replace(/^Basic /, '')
  const password = Buffer.from(credentials ?? '', 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
  const written = /^(?:[a-z]+:\/\/)?[^/@]*?:([^/]*)@/i.exec(proxyUrl ?? '')?.[1]
  const decoded = token === undefined ? undefined : decodeToken(token)
  const secret = decoded && !failed(decoded) ? decoded.value.secret : undefined
  const keyLines = identity?.privateKey.split('\n').filter((line) => !line.startsWith('-----'))
  return [...[token, secret, credentials, password, written], ...(keyLines ?? [])].filter(
    (text) => text !== undefined && text.length >= secretMinLength,
  ) as string[]
}

/** What was built without secrets goes through this all the same: somebody else's sentence may repeat one. */
function hider(secrets: readonly string[]) {
  return <Value>(value: Value): Value => {
    const hide = (_: string, part: unknown): unknown =>
      typeof part === 'string'
        ? secrets.reduce((text, secret) => text.replaceAll(secret, '(removed)'), part)
        : part
    return JSON.parse(JSON.stringify(value, hide)) as Value
  }
}
