import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Json } from '../src/run/graph-client.ts'
import { RunningCommand } from './process.ts'
import type { World } from './world.ts'

/** A connector that serves one application alone, so that it can be killed without ending the demo. */
export interface OwnConnector extends AsyncDisposable {
  /** SIGKILL; resolves when the edge knows. */
  kill(): Promise<void>
}

const profile = '/onPremisesPublishingProfiles/applicationProxy'

// The API has no feed of connectors, so it is asked again and again.
const pollMs = 20

/** Enrols and starts it in a connector group of its own, and moves the application there. Resolves when it serves. */
export async function startOwnConnector(
  world: World,
  applicationId: string,
): Promise<OwnConnector> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-connector-'))
  const group = await createGroup(world, applicationId)
  const enrolment = await world.graph.call('POST', `${group}/enrolmentTokens`, {})
  const options = ['--data', folder, '--token', String(enrolment?.['token']), '--json']
  const command = new RunningCommand(process.execPath, ['src/main.ts', 'connector', ...options])
  await command.line((line) => line.startsWith('{'))
  await untilStatus(world, group, 'active')
  return {
    async kill() {
      command.signal('SIGKILL')
      await command.exit
      await untilStatus(world, group, 'inactive')
    },
    async [Symbol.asyncDispose]() {
      await command.stop().finally(() => rm(folder, { recursive: true, force: true }))
    },
  }
}

/** The path of a new group that the application belongs to. */
async function createGroup({ graph, graphUrl }: World, applicationId: string): Promise<string> {
  const name = `For ${applicationId}`
  const made = await graph.call('POST', `${profile}/connectorGroups`, { name })
  const group = `${profile}/connectorGroups/${made?.['id']}`
  const reference = { '@odata.id': graphUrl + group }
  await graph.call('PUT', `/applications/${applicationId}/connectorGroup/$ref`, reference)
  return group
}

async function untilStatus({ graph }: World, group: string, status: string): Promise<void> {
  for (;;) {
    const members = await graph.call('GET', `${group}/members`)
    const [connector] = (members?.['value'] ?? []) as readonly Json[]
    if (connector?.['status'] === status) return
    await delay(pollMs)
  }
}
