import type { Api } from './api.ts'
import { command } from './command.ts'
import { moveToGroup } from './connector-kind.ts'
import { flag, need, option, several } from './parameter.ts'
import { assign, resolvePrincipal } from './principals.ts'
import { providerIdOf } from './provider-kind.ts'
import { publishingOptions, readPublishing } from './publishing-settings.ts'
import { type Resource, textAt, valueAt } from './resource.ts'

// The original's template for applications of one's own.
const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

/** `apps create`: several calls of the API, of which all or none come to count. */
export const createApp = command({
  name: 'create',
  summary: 'publish an application, and say who may enter',
  kind: 'write',
  examples: [
    'apps create --name Wiki --external https://wiki.contoso.com/ --internal http://wiki.test/ --assign ann@contoso.com',
    'apps create --name Shop --external https://*.contoso.com/ --internal http://*.test/ --group Berlin --everybody',
  ],
  options: {
    name: need('name', 'what people see'),
    ...publishingOptions,
    external: need('url', publishingOptions.external.text),
    internal: need('url', publishingOptions.internal.text),
    group: option('name', 'connector group that serves it', { namesOf: 'connector-groups' }),
    assign: several('user|group', 'who may enter; several times, or with commas', {
      namesOf: 'users',
    }),
    everybody: flag('no assignment is needed: everybody who can sign in may enter'),
  },
  async run({ api, out }, input) {
    // Whoever is named has to be there before anything is made.
    const people = await Promise.all(input.assign.map((word) => resolvePrincipal(api, word)))
    const publishing = readPublishing(input, await providerIdOf(api, input.provider))
    const made = await api.change('POST', `/applicationTemplates/${customTemplate}/instantiate`, {
      displayName: input.name,
    })
    const id = textAt(made, 'application/id') || '{id}'
    const principalId = textAt(made, 'servicePrincipal/id') || '{servicePrincipal}'
    await orTakeBack(api, id, async () => {
      if (input.everybody) {
        const open = { appRoleAssignmentRequired: false }
        await api.change('PATCH', `/servicePrincipals/${principalId}`, open)
      }
      await api.change('PATCH', `/applications/${id}`, { onPremisesPublishing: publishing })
      if (input.group !== undefined) await moveToGroup(api, id, input.group)
      for (const person of people) await assign(api, principalId, person)
    })
    if (api.isDryRun) return
    const app = await api.get(`/applications/${id}`)
    out.done(`${input.name} is published at ${input.external}`, app)
    if (people.length === 0 && !input.everybody) {
      out.warn(
        `Nobody may enter yet: sallyport assignments create --app ${id} --to <user or group>`,
      )
    }
    await warnOfConnectors(api, app, out)
  },
})

/** Half an application is of no use, and its name would be in the way of the next attempt. */
async function orTakeBack(api: Api, id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    // What is left behind then is said by the first failure, which is the one to be mended.
    await api.change('DELETE', `/applications/${id}`).catch(() => {})
    throw thrown
  }
}

async function warnOfConnectors(
  api: Api,
  app: Resource,
  out: { warn(text: string): void },
): Promise<void> {
  const group = await api.get(`/applications/${textAt(app, 'id')}/connectorGroup`)
  const path = `/onPremisesPublishingProfiles/applicationProxy/connectorGroups/${textAt(group, 'id')}/members`
  const connectors = await api.list(path)
  if (connectors.some((each) => valueAt(each, 'status') === 'active')) return
  const name = textAt(group, 'name')
  out.warn(
    `No connector of ${name} is connected: sallyport connectors token --group ${JSON.stringify(name)}`,
  )
}
