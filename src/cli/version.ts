import { command } from './command.ts'

/** `sallyport version` */
export const version = command({
  name: 'version',
  summary: 'which version this is, and of Node.js',
  kind: 'local',
  examples: ['version', 'version --json'],
  async run({ out, services }) {
    const facts = { version: services.version, node: process.versions.node }
    if (out.isJson) out.json(facts)
    else
      out.line(out.isQuiet ? facts.version : `sallyport ${facts.version} (Node.js ${facts.node})`)
  },
})
