// Both applications without anything in front, to see the problem: node demos/contoso/main.ts
import { startCorsWebClient } from './web-client.ts'
import { startCorsWebService } from './web-service.ts'

// CONTOSO_CORS: `off` (as inherited), an origin or `*` (a header added at the web server), `code` (a changed service).
const cors = process.env['CONTOSO_CORS'] ?? 'off'
const [clientPort, servicePort] = [8081, 8082]

await startCorsWebService({ port: servicePort, cors })
await startCorsWebClient({ port: clientPort, serviceUrl: `http://localhost:${servicePort}/` })
console.log(`CORSWebClient   http://localhost:${clientPort}/`)
console.log(`CORSWebService  http://localhost:${servicePort}/  (its own CORS: ${cors})`)
