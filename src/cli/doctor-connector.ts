import { writeFileSync } from 'node:fs'
import type { ConnectorCheck } from '../base/connector-check.ts'
import { command } from './command.ts'
import { failure } from './failure.ts'
import { choice, option, several } from './parameter.ts'
import { clean, type Paint, type Style } from './text.ts'

/** `sallyport doctor connector`: everything between this machine, the edge and the applications. [K2] [K4] [K6] */
export const connector = command({
  name: 'connector',
  summary: 'what a connector on this machine meets on its way to the edge and the applications',
  kind: 'local',
  examples: [
    'doctor connector --data /var/lib/sallyport-connector',
    'doctor connector --edge graph.contoso.com:443 --proxy http://proxy.corp:3128',
    'doctor connector --data connector --origin http://wiki.corp:8080 --bundle report.json',
  ],
  options: {
    data: option(
      'folder',
      'of the connector; without it neither key nor tunnel are looked at',
      'files',
    ),
    token: option('token', 'an enrolment token that is to be used here; it is not used up'),
    edge: several('host:port', 'the edge, if it is not the one that the folder or token names'),
    proxy: option('url', 'HTTP proxy on the way out; otherwise HTTPS_PROXY and NO_PROXY count'),
    transport: choice(['auto', 'direct', 'websocket'], 'how tunnels leave this network'),
    ca: several('file', 'certificate authorities of the applications and the proxy', 'files'),
    allow: several('destination', 'the allow-list that the connector is started with'),
    origin: several('url', 'internal origins to look at beside those that the edge asks for'),
    bundle: option('file', 'write a report to send to somebody, without secrets', 'files'),
  },
  async run({ out, surroundings }, { edge, origin, bundle, ...options }) {
    const { environment, signal } = surroundings
    const checks: ConnectorCheck[] = []
    out.progress('Looking …')
    const facts = await surroundings.examineConnector(
      { ...options, edges: edge, origins: origin, environment, signal },
      (check) => {
        checks.push(check)
        if (out.isJson || out.isQuiet) return
        for (const line of writeCheck(check, out.paint)) out.line(line)
        if (surroundings.stderr.isTTY === true) out.progress('Looking …')
      },
    )
    out.end()
    const report = { checks, facts }
    if (out.isJson) out.json(report)
    if (bundle !== undefined) {
      writeFileSync(bundle, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 })
      out.say(
        `${out.paintTalk('good', '✓')} ${bundle} holds this and the facts of this machine, without secrets.`,
      )
    }
    const bad = checks.filter(({ verdict }) => verdict === 'failed')
    if (bad.length === 0) return
    const count = `${bad.length} of ${checks.length} checks failed`
    throw failure(
      'connector-unwell',
      `${count}: ${[...new Set(bad.map(({ id }) => id))].join(', ')}.`,
    )
  },
})

const marks: Readonly<Record<ConnectorCheck['verdict'], readonly [string, Style]>> = {
  passed: ['✓', 'good'],
  warned: ['!', 'warn'],
  failed: ['✗', 'bad'],
  skipped: ['–', 'dim'],
}

const idColumns = 18

function writeCheck(check: ConnectorCheck, paint: Paint): readonly string[] {
  const { id, subject, verdict, message, fix, tookMs } = check
  const [mark, style] = marks[verdict]
  const took = tookMs === undefined ? '' : paint('dim', `  ${tookMs} ms`)
  const what = message.includes(subject) ? message : `${subject}: ${message}`
  const line = `${paint(style, mark)} ${id.padEnd(idColumns)} ${clean(what)}${took}`
  return fix === undefined ? [line] : [line, `  Fix:  ${clean(fix)}`]
}
