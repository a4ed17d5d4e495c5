/** What is known of a refused request, for the command that would let it through. */
export interface RefusedRequest {
  readonly code: string
  readonly method: string
  readonly url: string
  readonly origin?: string | undefined
  /** Request headers that its script sets. */
  readonly headers?: readonly string[] | undefined
  readonly applicationName?: string | undefined
  readonly userName?: string | undefined
  /** The policy that decided, if one did. */
  readonly policyName?: string | undefined
}

type Write = (request: RefusedRequest, host: string) => string | undefined

const allowOrigin: Write = ({ origin, method }, host) =>
  origin && `sallyport cors allow ${host} --origin ${word(origin)}${methodOption(method)}`

const cures: Readonly<Record<string, Write>> = {
  'cors-no-rule': allowOrigin,
  'cors-origin-not-allowed': allowOrigin,
  'cors-method-not-allowed': allowOrigin,
  'cors-header-not-allowed': ({ origin, headers = [] }, host) =>
    origin &&
    `sallyport cors allow ${host} --origin ${word(origin)} --header ${headers.join(',') || '<name>'}`,
  'websocket-origin-not-allowed': allowOrigin,
  'not-assigned': ({ applicationName, userName }) =>
    `sallyport assignments create --app ${word(applicationName)} --to ${word(userName)}`,
  maintenance: ({ applicationName }) => `sallyport apps maintenance ${word(applicationName)} off`,
  'blocked-by-policy': ({ policyName }) => `sallyport policies show ${word(policyName)}`,
  'no-connector': () => 'sallyport connectors list',
  'connector-lost': () => 'sallyport connectors list',
  'backend-refused': ({ applicationName }) => `sallyport apps health ${word(applicationName)}`,
  'backend-unreachable': ({ applicationName }) => `sallyport apps health ${word(applicationName)}`,
  'backend-certificate': ({ applicationName }) => `sallyport apps health ${word(applicationName)}`,
  'backend-timeout': ({ applicationName }) =>
    `sallyport apps update ${word(applicationName)} --timeout long`,
  'destination-not-allowed': ({ applicationName }) =>
    `sallyport apps health ${word(applicationName)}`,
}

/** The command that would let a refused request through; undefined where none would, or not by itself. */
export function cureOf(request: RefusedRequest): string | undefined {
  const host = URL.parse(request.url)?.host ?? request.url
  return cures[request.code]?.(request, host)
}

/** A value as a shell reads it back; a gap to be filled in where it is not known. */
function word(value: string | undefined): string {
  if (value === undefined || value === '') return '<name>'
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

// Fetch §2.2.1: these need no entry.
const safelisted = new Set(['GET', 'HEAD', 'POST'])

function methodOption(method: string): string {
  return safelisted.has(method) || method === '' ? '' : ` --method ${word(method)}`
}
