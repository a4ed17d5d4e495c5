import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterOf, requestsSearch } from './search.ts'
import { record, tapeMax } from './tape.ts'
import type { LiveRequest } from './types.ts'

function request(id: string, status: number | null = 200): LiveRequest {
  return { id, status } as LiveRequest
}

const ids = (tape: readonly LiveRequest[]) => tape.map(({ id }) => id).join('')

test('the latest stands first, and what is told again stays where it is [G5]', () => {
  const tape = record([], [request('a', null), request('b')])
  assert.equal(ids(tape), 'ba')
  const later = record(tape, [request('c'), request('a', 204)])
  assert.equal(ids(later), 'cba')
  assert.equal(later[2]?.status, 204)
  assert.equal(later[1], tape[0])
})

test('the tape has an end, however many come at once [G5]', () => {
  const many = Array.from({ length: tapeMax + 50 }, (_, i) => request(`${i}`))
  const tape = record([request('old')], many)
  assert.equal(tape.length, tapeMax)
  assert.equal(tape[0]?.id, `${tapeMax + 49}`)
  assert.equal(record(tape, [request('new')]).length, tapeMax)
})

test('filters go from the URL into $filter, quotation marks and all [G5]', () => {
  assert.equal(filterOf({}), undefined)
  const search = requestsSearch({ q: "o'x", kind: 'preflight', outcome: 'refused', person: 1 })
  const wanted = "contains(url,'o''x') and kind eq 'preflight' and code ne null"
  assert.equal(filterOf(search), `${wanted} and userPrincipalName eq '1'`)
  assert.deepEqual(requestsSearch({ kind: 'rubbish', outcome: '' }), {})
})
