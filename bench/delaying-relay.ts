// A TCP relay that delays everything by so much each way, so that one machine has the distance of two.
// node bench/delaying-relay.ts <port> <port of the other end> <delay in milliseconds>
import { connect, createServer, type Socket } from 'node:net'

const [port, farPort, delayMs] = process.argv.slice(2).map(Number)

const server = createServer((near) => {
  const far = connect(farPort as number, '127.0.0.1')
  delay(near, far)
  delay(far, near)
})
server.listen(port, '127.0.0.1')

// Nothing holds the sender back, as nothing does on a wire: what is under way is bounded by the tunnel's own credit.
function delay(from: Socket, to: Socket): void {
  from.setNoDelay(true).on('error', () => to.destroy())
  from.on('data', (data) => setTimeout(() => to.write(data), delayMs))
  from.on('close', () => setTimeout(() => to.destroy(), delayMs))
}
