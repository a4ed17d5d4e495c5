// Downloads and uploads at once, with SHA-256 of what came and what arrived. Prints one JSON line with the digests.
// node bench/bulk-client.ts <url> <file with the authority> <Cookie field> <bytes> <downloads> <uploads>
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { lookupLocalhost } from '../test/http-client.ts'
import { bulkBlock } from './bulk.ts'

const [url = '', caFile = '', cookie = '', ...numbers] = process.argv.slice(2)
const [bytes = 0, downloads = 0, uploads = 0] = numbers.map(Number)
const agent = new Agent({ ca: readFileSync(caFile), lookup: lookupLocalhost })
const block = bulkBlock()

async function download(): Promise<string> {
  const sent = request(`${url}?bytes=${bytes}`, { agent, headers: { cookie } }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const hash = createHash('sha256')
  for await (const chunk of response) hash.update(chunk)
  return hash.digest('hex')
}

async function upload(): Promise<string> {
  const headers = { cookie, 'content-length': bytes }
  const options: RequestOptions = { agent, method: 'PUT', headers }
  const sending = request(`${url}?hash`, options)
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>
  for (let at = 0; at < bytes; at += block.length) {
    if (!sending.write(block)) await once(sending, 'drain')
  }
  sending.end()
  const [response] = await answered
  return (await text(response)).split(' ')[1] ?? ''
}

const digests = await Promise.all([
  ...Array.from({ length: downloads }, download),
  ...Array.from({ length: uploads }, upload),
])
console.log(JSON.stringify(digests))
agent.destroy()
