import { command } from './command.ts'

/** `sallyport whoami` */
export const whoami = command({
  name: 'whoami',
  summary: 'which edge this is, and who you are there',
  kind: 'read',
  examples: ['whoami'],
  async run({ api, out }) {
    const { server, by } = await api.connection()
    const me = await api.get('/me')
    out.item({ ...me, server, signedInBy: by }, [['Edge', server]])
  },
})
