import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Listener } from './listener.ts'

for (const scheme of ['https', 'http'] as const) {
  test(`a client that waits for the edge to start and is reset meanwhile ends nothing, over ${scheme} [R23]`, async () => {
    const listener = new Listener()
    const port = await listener.bind(0, '127.0.0.1', { scheme })
    const client = connect(port, '127.0.0.1')
    client.write('something')
    while (listener.connections === 0) await nextTurn()
    client.resetAndDestroy()
    await once(client, 'close')
    // Without a listener for it the error would be the end of this process.
    while (listener.connections > 0) await nextTurn()
    assert.equal(listener.connections, 0)
    await listener.close(0)
  })
}
