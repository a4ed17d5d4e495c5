import { appKind } from './app-kind.ts'
import { daysLeft, endsSoon } from './certificates.ts'
import { command } from './command.ts'
import { profilePath } from './connector-kind.ts'
import { connectorState, listConnectors } from './connectors.ts'
import { exitCodes, Failure } from './failure.ts'
import { nameOf } from './kind.ts'
import { flag } from './parameter.ts'
import { type Resource, textAt, valueAt, wordsAt } from './resource.ts'
import { clean, type Style } from './text.ts'

/** Something that somebody has to look after, with the command that begins it. */
interface Concern {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly fix: string
}

/** `sallyport status`: the edge, its connectors and certificates, and what needs somebody. */
export const status = command({
  name: 'status',
  summary: 'the edge, its connectors and certificates, and what needs attention',
  kind: 'read',
  examples: ['status', 'status --json', 'status --check'],
  options: { check: flag('exit code 1 when something needs attention') },
  async run({ api, out }, { check }) {
    const [{ server }, apps, health, connectors, certificates, orders] = await Promise.all([
      api.connection(),
      api.list(appKind.path, { select: appKind.select }),
      api.list(`${profilePath}/applicationHealth`),
      listConnectors(api),
      api.list(`${profilePath}/certificates`),
      api.list(`${profilePath}/acmeHosts`),
    ])
    const published = apps.filter((app) => valueAt(app, 'onPremisesPublishing'))
    const concerns = [
      ...connectorConcerns(connectors),
      ...applicationConcerns(published, health),
      ...certificateConcerns(certificates, orders),
    ]
    const active = connectors.filter((each) => connectorState(each) === 'active').length
    const count = {
      ...{ applications: published.length, connectors: connectors.length },
      ...{ activeConnectors: active, certificates: certificates.length },
    }
    if (out.isJson) out.json({ server, ...count, concerns })
    else if (out.isQuiet) for (const { message } of concerns) out.line(clean(message))
    else {
      const style: Style = active === 0 ? 'bad' : active < connectors.length ? 'warn' : 'good'
      out.facts([
        ['Edge', server, 'bold'],
        ['Applications', String(count.applications)],
        ['Connectors', `${active} of ${connectors.length} in service`, style],
        ['Certificates', `${certificates.length} beside those of the local authority`],
        ['Attention', concerns.length === 0 ? 'nothing needs any' : '', 'good'],
      ])
      for (const { severity, message, fix } of concerns) {
        const mark = severity === 'error' ? out.paint('bad', '✗') : out.paint('warn', '!')
        out.line(`${mark} ${clean(message)}`)
        out.line(`  Fix:  ${clean(fix)}`)
      }
    }
    if (check && concerns.length > 0) {
      const message = `${concerns.length} ${concerns.length === 1 ? 'thing needs' : 'things need'} attention.`
      throw new Failure({ code: 'needs-attention', exitCode: exitCodes.failed, message })
    }
  },
})

function connectorConcerns(connectors: readonly Resource[]): readonly Concern[] {
  if (connectors.length === 0) {
    const message = 'No connector is enrolled: nothing that is published can be reached.'
    return [{ severity: 'error', message, fix: 'sallyport connectors token' }]
  }
  return connectors
    .filter((each) => connectorState(each) !== 'active')
    .map((each) => {
      const name = textAt(each, 'machineName')
      const isDrained = connectorState(each) === 'drained'
      return {
        severity: 'warning',
        message: `The connector ${name} is ${isDrained ? 'out of service' : 'not connected'}.`,
        fix: isDrained
          ? `sallyport connectors resume ${textAt(each, 'id')}`
          : `sallyport connectors show ${textAt(each, 'id')}`,
      }
    })
}

function applicationConcerns(
  apps: readonly Resource[],
  health: readonly Resource[],
): readonly Concern[] {
  return apps.flatMap((app): readonly Concern[] => {
    const name = nameOf(appKind, app)
    const shown = JSON.stringify(name)
    if (valueAt(app, 'onPremisesPublishing/isInMaintenance') === true) {
      const fix = `sallyport apps maintenance ${shown} off`
      return [{ severity: 'warning', message: `${name} is in maintenance.`, fix }]
    }
    const status = textAt(
      health.find((each) => textAt(each, 'id') === textAt(app, 'id')),
      'status',
    )
    const fix = `sallyport apps health ${shown}`
    if (status === 'unreachable') {
      const message = `${name} has an internal URL that no connector reaches.`
      return [{ severity: 'error', message, fix }]
    }
    if (status !== 'degraded') return []
    const message = `${name} has an internal URL that not every connector reaches.`
    return [{ severity: 'warning', message, fix }]
  })
}

function certificateConcerns(
  certificates: readonly Resource[],
  orders: readonly Resource[],
): readonly Concern[] {
  const ending = certificates.filter(endsSoon).map((each): Concern => {
    const [name = textAt(each, 'subjectName')] = wordsAt(each, 'dnsNames')
    const days = daysLeft(each)
    return {
      severity: days < 0 ? 'error' : 'warning',
      message: `The certificate for ${name} ${days < 0 ? 'has ended' : `ends in ${days} days`}.`,
      fix: 'sallyport certificates upload --help',
    }
  })
  const failing = orders
    .filter((host) => Number(textAt(host, 'failureCount')) > 0)
    .map(
      (host): Concern => ({
        severity: 'warning',
        message: `No certificate could be had for ${textAt(host, 'id')}: ${textAt(host, 'lastError')}`,
        fix: 'sallyport certificates orders',
      }),
    )
  return [...ending, ...failing]
}
