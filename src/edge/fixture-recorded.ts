import assert from 'node:assert/strict'
import type { Recorder } from './recorder.ts'
import type { Recording } from './recording.ts'
import { readRequest } from './request.ts'

interface Ending {
  readonly status?: number
  /** The code of a refusal. */
  readonly code?: string
  /** It led to no application. */
  readonly astray?: boolean
}

/** A request that begins to be recorded, for tests. */
export function beginRecording(recorder: Recorder, path: string, userAgent = 'test'): Recording {
  const request = readRequest({
    ...{ method: 'GET', target: path, scheme: 'https', authority: 'shop.contoso.test' },
    ...{ headers: ['user-agent', userAgent], http2: true, bodyAnnounced: false },
    ...{ serverName: undefined, port: 443, peer: '192.0.2.1', connection: {} },
  })
  assert.ok('id' in request, path)
  return recorder.begin(request, true)
}

/** One that is over; resolves to its id. */
export function record(recorder: Recorder, path: string, ending: Ending = {}): string {
  const { status = 200, code, astray = false } = ending
  const recording = beginRecording(recorder, path)
  // What else an application has is nothing to the recorder.
  if (!astray) recording.application = { id: 'shop', displayName: 'Shop' } as never
  const sentence = 'It was refused.'
  recording.answer(status, 10, code === undefined ? undefined : { code, sentence })
  return recording.request.id
}
