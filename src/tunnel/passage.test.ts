import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EdgeLink } from './edge-link.ts'
import type { AnsweringStream, ResetCode, TunnelRequest } from './exchange.ts'
import { PassingLink, passOn } from './passage.ts'
import { answerAtOnce, ask, getRequest, nothing } from './test-exchange.ts'
import { groupId, startOverDuplex } from './test-tunnel.ts'

/** The connector's end of a stream, of which only the refusal counts here. */
function refusable(): AnsweringStream & { readonly refusals: ResetCode[] } {
  const refusals: ResetCode[] = []
  return {
    refusals,
    onDrain: undefined,
    write: () => true,
    end() {},
    grant() {},
    inform() {},
    answer() {},
    reset: (code) => void refusals.push(code),
  }
}

test('a request is passed to the group it is meant for, and the group goes no further [N2]', async () => {
  const asked: string[] = []
  const received: TunnelRequest[] = []
  await using tunnel = await startOverDuplex({
    serve(request, ...rest) {
      received.push(request)
      return answerAtOnce(request, ...rest)
    },
  })
  const serve = passOn((group) => {
    asked.push(group)
    return tunnel.link
  })
  await using near = await startOverDuplex({ serve })
  await ask(new PassingLink(near.link as EdgeLink, groupId)) // a hub has no others
  assert.deepEqual(asked, [groupId])
  assert.deepEqual(received[0]?.headers, getRequest.headers)
})

test('what belongs to one connection of a browser goes the same way as before', async () => {
  await using one = await startOverDuplex({ serve: answerAtOnce })
  await using other = await startOverDuplex({ serve: answerAtOnce })
  const preferred: unknown[] = []
  const links = [one.link, other.link]
  const serve = passOn((_group, _origin, link) => {
    preferred.push(link)
    return link ?? links.shift()
  })
  await using near = await startOverDuplex({ serve })
  const link = new PassingLink(near.link as EdgeLink, groupId)
  for (const boundTo of ['a', 'b', 'a', 'b']) await ask(link, { ...getRequest, boundTo })
  assert.deepEqual(preferred, [undefined, undefined, one.link, other.link])
})

const unanswerable: readonly (readonly [string, TunnelRequest])[] = [
  ['that nobody here has a link for', { ...getRequest, headers: ['sallyport-group', 'none'] }],
  ['that names no group', getRequest],
]
for (const [what, request] of unanswerable) {
  test(`a request ${what} is given back untouched, to be tried elsewhere [K3] [N2]`, () => {
    const stream = refusable()
    passOn(() => undefined)(request, Buffer.from(nothing), true, stream)
    assert.deepEqual(stream.refusals, ['draining'])
  })
}
