import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunningCommand } from './process.ts'

/** The person that Node-RED knows; it has never heard of the edge's. */
export const nodeRedUser = { username: 'nora', password: 'flows of water 7' } as const

// As an administrator writes it. The hash is what `node-red admin hash-pw` prints for the password above. Without the
// last two lines the editor asks a question of its own at first and calls hosts in the Internet.
const settings = `module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  credentialSecret: 'of this test only',
  adminAuth: {
    type: 'credentials',
    users: [
      {
        username: '${nodeRedUser.username}',
        password: '$2b$08$eDO/EDgXsfFUbeHMq2OdN.QHSOTGC/G2XDbl0Do1RuOaRKEaNj7ai',
        permissions: '*',
      },
    ],
  },
  telemetry: { enabled: false },
  editorTheme: { tours: false, palette: { catalogues: [] } },
}
`

const program = 'test/real-application/node_modules/node-red/red.js'

/** Node-RED as npm has it, at `url`, with its files in a temporary folder. */
export interface NodeRed extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string
}

/** Starts Node-RED on a free port and waits until it listens. */
export async function startNodeRed(): Promise<NodeRed> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-node-red-'))
  await writeFile(join(folder, 'settings.js'), settings)
  const args = [program, '--userDir', folder, '--port', '0']
  const command = new RunningCommand(process.execPath, args)
  const dispose = async (): Promise<void> => {
    await command.stop().finally(() => rm(folder, { recursive: true, force: true }))
  }
  try {
    const line = await command.line((said) => said.includes('Server now running at'))
    return { url: line.slice(line.indexOf('http://')), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
