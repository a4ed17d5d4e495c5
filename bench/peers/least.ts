import { fileURLToPath } from 'node:url'
import { freePorts, start, startListening } from '../commands.ts'
import type { Role } from '../cpu.ts'
import type { Stage } from '../stage.ts'
import { makePeerFolder, type Peer } from './peer.ts'

const script = fileURLToPath(new URL('../least.ts', import.meta.url))
const command = (...args: readonly (string | number)[]): string[] => [
  process.execPath,
  script,
  ...args.map(String),
]

/** A server of `node:tls` that answers everything with the same 204: the floor of any server in Node. */
export async function startLeastServer(stage: Stage): Promise<Peer> {
  const { port } = await freePorts('port')
  const { cert, key } = await makePeerFolder(stage, 'least-server')
  const server = await listen(stage, 'front', command('answer', port, cert, key), port)
  return { ...peerAt('bare node:tls', port), edgeSide: { server }, inside: {} }
}

/** TLS, a tunnel and a connection to the application in two processes of Node that read and decide nothing. */
export async function startLeastChain(stage: Stage): Promise<Peer> {
  const { port, tunnel } = await freePorts('port', 'tunnel')
  const { cert, key } = await makePeerFolder(stage, 'least-chain')
  const front = await listen(stage, 'front', command('front', port, tunnel, cert, key), port)
  const inside = stage.use(start('inside', command('inside', tunnel, await stage.application)))
  const both = { edgeSide: { front }, inside: { inside: inside.pid } }
  return { ...peerAt('bare chain in Node', port), ...both }
}

async function listen(
  stage: Stage,
  role: Role,
  line: readonly string[],
  port: number,
): Promise<number> {
  const running = await startListening(role, line, port)
  return stage.use(running).pid
}

function peerAt(name: string, port: number) {
  return { name, url: `https://localhost:${port}/`, cookie: undefined }
}
