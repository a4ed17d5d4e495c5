import { join } from 'node:path'
import type { SampleUrls, SampleUser, SeededApplication } from './demo-seed.ts'
import type { TourPlaces } from './demo-tour.ts'

/** What a running demo has to tell. */
export interface DemoFacts {
  readonly port: number
  /** What the edge said when it was ready. */
  readonly ready: Record<string, unknown>
  /** Ports of the signals; undefined where there are none. */
  readonly signals: { readonly edge: unknown; readonly connector: unknown }
  readonly graphToken: string
  readonly users: readonly SampleUser[]
  readonly administrator: SampleUser
  readonly application: SeededApplication
  readonly urls: SampleUrls
  readonly tour: TourPlaces
  readonly dataDir: string
}

/** The one line for scripts. */
export function readyLine(facts: DemoFacts): object {
  const { urls } = facts
  return {
    ready: true,
    edge: `https://localhost:${facts.port}`,
    graph: facts.ready['graph'],
    portal: ownHost(facts, 'portal'),
    myApps: ownHost(facts, 'myapps'),
    ...(facts.signals.edge !== undefined && { signals: facts.signals }),
    graphToken: facts.graphToken,
    ca: facts.ready['ca'],
    users: facts.users.map(credentials),
    administrator: credentials(facts.administrator),
    applications: [
      {
        ...facts.application,
        segments: [
          { externalUrl: urls.homeExternal, internalUrl: urls.homeInternal },
          { externalUrl: urls.apiExternal, internalUrl: urls.apiInternal },
        ],
      },
    ],
  }
}

function credentials({ userPrincipalName, password }: SampleUser): object {
  return { userPrincipalName, password }
}

/** One of the edge's own hosts beside those of the applications. */
function ownHost({ urls }: DemoFacts, label: string): string {
  return urls.wildcardExternal.replace('*', label)
}

/** The lines for a person. */
export function welcome(facts: DemoFacts): string[] {
  const { urls, users, administrator } = facts
  return [
    '',
    'Ready. What runs:',
    `  CORSWebClient  ${urls.homeInternal}  an application inside the network`,
    `  CORSWebService ${urls.apiInternal}  a second one, which the first calls`,
    '  connector      dials out to the edge and calls the applications; it has no open port',
    `  edge           https://localhost:${facts.port}  the only address that people reach`,
    '',
    'Open in a browser:',
    `  ${urls.homeExternal}`,
    '',
    'Sign in as:',
    ...users.map((user) => `  ${user.userPrincipalName}   password ${user.password}`),
    '',
    'The tour, two minutes:',
    `  1. Open ${ownHost(facts, 'portal')} as ${administrator.userPrincipalName}   password ${administrator.password}`,
    `  2. Home leads to ${facts.tour.shop.externalUrl}, whose call fails: nobody wrote a CORS rule.`,
    '  3. Let the doctor explain it, and apply what it offers.',
    '  4. Press the same button again: the call gets through.',
    `  What people see instead of the portal: ${ownHost(facts, 'myapps')}`,
    '',
    'The certificate comes from a certificate authority made for this run. Let your browser trust it:',
    `  ${facts.ready['ca']}`,
    '',
    `Management API: ${facts.ready['graph']}   Print a token for it:`,
    `  npm run --silent sallyport -- token --data ${join(facts.dataDir, 'edge')}`,
    ...(facts.signals.edge === undefined
      ? []
      : [
          `Metrics: http://127.0.0.1:${facts.signals.edge}/metrics and of the connector http://127.0.0.1:${facts.signals.connector}/metrics`,
        ]),
    `Files and logs: ${facts.dataDir}`,
    'Ctrl-C ends all of it.',
  ]
}
