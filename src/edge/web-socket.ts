import { fieldValues } from '../http/headers.ts'
import type { Problem } from '../refusal/problem.ts'
import type { EdgeRequest } from './request.ts'

const onlyVersion = '13'

/** Why a request for a WebSocket is of no version that RFC 6455 §4.2.1 knows: nobody could say what follows its 101. [F8] */
export function webSocketProblem(request: EdgeRequest): Problem | undefined {
  const versions = fieldValues(request.headers, 'sec-websocket-version')
  return versions.length === 1 && versions[0] === onlyVersion ? undefined : otherVersion
}

const otherVersion: Problem = {
  status: 426,
  code: 'websocket-version',
  title: 'Another version of WebSocket is needed',
  sentence: `A WebSocket is opened with Sec-WebSocket-Version: ${onlyVersion}.`,
  headers: ['Sec-WebSocket-Version', onlyVersion],
}
