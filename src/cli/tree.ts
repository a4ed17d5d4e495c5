import type { Noun } from './command.ts'

const publish = 'Publish:'
const look = 'Look into:'
const own = 'This command line:'

/** Everything after `sallyport` that speaks with an edge; each noun's file is loaded when it is called. */
export const nouns: readonly Noun[] = [
  {
    name: 'apps',
    aliases: ['app', 'applications'],
    summary: 'applications: what is published, and how',
    group: publish,
    load: async () => (await import('./apps.ts')).apps,
  },
  {
    name: 'segments',
    aliases: ['segment'],
    summary: 'the hosts and ports that a complex application is made of',
    group: publish,
    load: async () => (await import('./segments.ts')).segments,
  },
  {
    name: 'cors',
    summary: 'who may call whom across origins',
    group: publish,
    load: async () => (await import('./cors.ts')).cors,
  },
  {
    name: 'api',
    summary: 'call the management API as it is',
    group: look,
    load: async () => (await import('./raw-call.ts')).rawCall,
  },
  {
    name: 'whoami',
    summary: 'which edge this is, and who you are there',
    group: own,
    load: async () => (await import('./sign-in.ts')).whoami,
  },
]
