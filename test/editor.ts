import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { publish, type World } from './world.ts'

/** What arrived at the application: its saves, and the forms it was posted. */
export interface Arrival {
  readonly what: string
  readonly type: string | undefined
  readonly body: string
}

/**
 * An application of two segments under a strict policy: a page with a text that is saved at the other host. `isolated`:
 * the page cuts itself off from windows that it opens.
 */
export class Editor implements AsyncDisposable {
  readonly arrivals: Arrival[] = []
  readonly #server: Server
  isolated = false
  /** What brings the page its helper; nothing for a page that knows of none. */
  script = '<script src="/.sallyport/session.js"></script>'

  constructor() {
    // A connection that it cut for being idle could take a save along.
    this.#server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
      const body = await bodyOf(request)
      const { method = '', url = '' } = request
      const what = `${method} ${url.replace(/\?.*/, '')}`
      if (method !== 'GET')
        this.arrivals.push({ what, type: request.headers['content-type'], body })
      response.setHeader(
        'Content-Security-Policy',
        "default-src 'self' https://*.fabrikam.localhost:* https://*.northwind.localhost:*",
      )
      response.setHeader('Content-Type', url.endsWith('.js') ? 'text/javascript' : 'text/html')
      if (this.isolated) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      if (url === '/editor.js') response.end(script)
      else if (url.startsWith('/edit')) response.end(pageWith(this.script))
      else response.end(`<!doctype html><title>plain</title><p id="plain">${what}`)
    })
  }

  /** Starts it and publishes it, with a segment that no name leads to; resolves to its URLs and its object id. */
  async publish(world: World, name: string, more: object = {}, otherDomain = 'fabrikam') {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const internalUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
    const external = (host: string) => `https://${host}.localhost:${world.port}/`
    const edit = external(`${name}-edit.fabrikam`)
    const store = external(`${name}-store.${otherDomain}`)
    const id = await publish(world.graph, name, {
      allowSiblingSegments: true,
      ...more,
      onPremisesApplicationSegments: [
        { externalUrl: edit, internalUrl },
        { externalUrl: store, internalUrl: internalUrl.replace('127.0.0.1', 'localhost') },
        { externalUrl: `https://${name}.nowhere.invalid/`, internalUrl: `http://${name}.invalid/` },
      ],
    })
    return { edit, store, id }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

const pageWith = (helper: string) => `<!doctype html><html lang="en"><title>Note</title>
${helper}<script src="/editor.js" defer></script>
<main><h1>A note</h1><form method="post" action="/form"><p><label>Text<br><textarea name="text" rows="5"></textarea></label></p>
<p><button type="button" id="save">Save</button> <button>Send as a form</button></p></form><output></output></main>`

// Saves at the sibling host, which takes a preflight and the session of that host.
const script = `const text=document.querySelector('textarea'),said=document.querySelector('output')
const store=location.origin.replace('-edit.','-store.')
const save=n=>(document.querySelector('[data-patch]')?fetch:sallyport.fetch)(store+'/save/'+n,{method:'PUT',credentials:'include',headers:{'x-n':n},body:text.value})
document.getElementById('save').onclick=()=>save('one').then(answer=>said.textContent='saved '+answer.status)`
