import type { RawHeaders } from '../http/headers.ts'
import type { OutgoingRequest } from './request-head.ts'

/** The head of a request as it goes over the wire, one character a byte (RFC 9112 §3, §5). */
export function writeRequestHead(request: OutgoingRequest): string {
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${writeFields(request.fields)}`
  if (request.chunked) return `${head}Transfer-Encoding: chunked\r\n\r\n`
  if (request.upgrade) return `${head}Connection: Upgrade\r\nUpgrade: ${request.upgrade}\r\n\r\n`
  return `${head}\r\n`
}

function writeFields(fields: RawHeaders): string {
  let text = ''
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  return text
}
