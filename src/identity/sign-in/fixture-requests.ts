import type { RequestFacts, RequestKind } from './classify.ts'

/** One kind of request of one browser: what it is, the fields that it was seen with, what it is taken for. */
export type RequestCase = readonly [
  what: string,
  facts: Partial<RequestFacts>,
  kind: RequestKind['kind'],
]

const chromium =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'
const chromiumImage = 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
const firefox = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const anything = '*/*'

function seen(
  method: string,
  mode: string | undefined,
  dest: string | undefined,
  site: string | undefined,
  accept: string | undefined,
  more: Partial<RequestFacts> = {},
): Partial<RequestFacts> {
  return { method, secFetchMode: mode, secFetchDest: dest, secFetchSite: site, accept, ...more }
}

/**
 * Recorded from Chromium 156; test/browser-requests.test.ts makes a Chromium send them again. The paths are what that test
 * asks for.
 */
export const chromiumRequests: Readonly<Record<string, RequestCase>> = {
  '/typed': [
    'an address typed',
    seen('GET', 'navigate', 'document', 'none', chromium),
    'navigation',
  ],
  '/link': [
    'a link followed',
    seen('GET', 'navigate', 'document', 'same-origin', chromium),
    'navigation',
  ],
  '/from-elsewhere': [
    'a link on a page of another site',
    seen('GET', 'navigate', 'document', 'cross-site', chromium),
    'navigation',
  ],
  '/blank': [
    'a link into a new window',
    seen('GET', 'navigate', 'document', 'same-origin', chromium),
    'navigation',
  ],
  '/redirected': [
    'a redirect followed',
    seen('GET', 'navigate', 'document', 'none', chromium),
    'navigation',
  ],
  '/form-get': [
    'a form that asks',
    seen('GET', 'navigate', 'document', 'same-origin', chromium),
    'navigation',
  ],
  '/form': [
    'a form that posts',
    seen('POST', 'navigate', 'document', 'same-origin', chromium),
    'form',
  ],
  '/form-text': [
    'a form that posts plain text',
    seen('POST', 'navigate', 'document', 'same-origin', chromium),
    'form',
  ],
  '/form-parts': [
    'a form that posts parts',
    seen('POST', 'navigate', 'document', 'same-origin', chromium),
    'form',
  ],
  '/form-elsewhere': [
    'a form that another site posts',
    seen('POST', 'navigate', 'document', 'cross-site', chromium),
    'form',
  ],
  '/iframe': ['a frame', seen('GET', 'navigate', 'iframe', 'same-origin', chromium), 'frame'],
  '/iframe-form': [
    'a form posted in a frame',
    seen('POST', 'navigate', 'iframe', 'same-origin', chromium),
    'frame',
  ],
  '/object': [
    'an embedded object',
    seen('GET', 'navigate', 'object', 'same-origin', chromium),
    'frame',
  ],
  '/embed.pdf': [
    'an embedded PDF',
    seen('GET', 'navigate', 'embed', 'same-origin', chromium),
    'frame',
  ],
  '/download': [
    'a download link',
    seen('GET', 'navigate', 'empty', 'same-origin', undefined),
    'script',
  ],
  '/pass-page': [
    'a navigation that a service worker passes on',
    seen('GET', 'navigate', 'empty', 'same-origin', chromium),
    'navigation',
  ],
  '/pass-fetch': [
    'a fetch that a service worker passes on',
    seen('GET', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/worker-install': [
    'a fetch of a service worker of its own',
    seen('GET', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/service-worker.js': [
    'the script of a service worker',
    seen('GET', 'same-origin', 'serviceworker', 'same-origin', anything),
    'script',
  ],
  '/worker.js': [
    'the script of a worker',
    seen('GET', 'same-origin', 'worker', 'same-origin', anything),
    'script',
  ],
  '/script.js': ['a script', seen('GET', 'no-cors', 'script', 'same-origin', anything), 'script'],
  '/module.js': ['a module', seen('GET', 'cors', 'script', 'same-origin', anything), 'script'],
  '/style.css': [
    'a style sheet',
    seen('GET', 'no-cors', 'style', 'same-origin', 'text/css,*/*;q=0.1'),
    'script',
  ],
  '/font.woff2': ['a font', seen('GET', 'cors', 'font', 'same-origin', anything), 'script'],
  '/image': ['an image', seen('GET', 'no-cors', 'image', 'same-origin', chromiumImage), 'script'],
  '/icon-use': [
    'a part of an SVG',
    seen('GET', 'same-origin', 'image', 'same-origin', chromiumImage),
    'script',
  ],
  '/video': ['a video', seen('GET', 'no-cors', 'video', 'same-origin', anything), 'script'],
  '/audio': ['a sound', seen('GET', 'no-cors', 'audio', 'same-origin', anything), 'script'],
  '/track': ['subtitles', seen('GET', 'same-origin', 'track', 'same-origin', anything), 'script'],
  '/manifest.json': [
    'a web app manifest',
    seen('GET', 'cors', 'manifest', 'same-origin', anything),
    'script',
  ],
  '/link-prefetch': [
    'a page loaded ahead by a link element',
    seen('GET', 'no-cors', 'empty', 'same-origin', chromium, { purpose: 'prefetch' }),
    'script',
  ],
  '/preload': [
    'data loaded ahead',
    seen('GET', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/fetch': ['a fetch', seen('GET', 'cors', 'empty', 'same-origin', anything), 'script'],
  '/fetch-html': [
    'a fetch that asks for HTML',
    seen('GET', 'cors', 'empty', 'same-origin', 'text/html'),
    'script',
  ],
  '/fetch-same-origin': [
    'a fetch in mode same-origin',
    seen('GET', 'same-origin', 'empty', 'same-origin', anything),
    'script',
  ],
  '/fetch-no-cors': [
    'a fetch in mode no-cors',
    seen('GET', 'no-cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/fetch-post': [
    'a fetch that posts',
    seen('POST', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/fetch-delete': [
    'a fetch that deletes',
    seen('DELETE', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/fetch-elsewhere': [
    'a fetch from a page of another site',
    seen('GET', 'cors', 'empty', 'cross-site', anything),
    'script',
  ],
  '/xhr': ['XMLHttpRequest', seen('GET', 'cors', 'empty', 'same-origin', anything), 'script'],
  '/xhr-document': [
    'XMLHttpRequest for a document',
    seen('GET', 'cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/events': [
    'an event stream',
    seen('GET', 'cors', 'empty', 'same-origin', 'text/event-stream'),
    'script',
  ],
  '/beacon': ['a beacon', seen('POST', 'no-cors', 'empty', 'same-origin', anything), 'script'],
  '/ping': [
    'the ping of a link',
    seen('POST', 'no-cors', 'empty', 'same-origin', anything),
    'script',
  ],
  '/socket': [
    'a WebSocket',
    seen('GET', undefined, undefined, undefined, undefined, { upgrade: 'websocket' }),
    'script',
  ],
}

/** What other browsers and clients send, by their documentation. */
export const otherRequests: readonly RequestCase[] = [
  [
    'a page that speculation rules prefetch',
    seen('GET', 'navigate', 'document', 'same-origin', chromium, { purpose: 'prefetch' }),
    'script',
  ],
  [
    'a page that speculation rules prerender',
    seen('GET', 'navigate', 'document', 'same-origin', chromium, { purpose: 'prefetch;prerender' }),
    'script',
  ],
  [
    'a page that an old Chromium prefetches',
    seen('GET', 'navigate', 'document', 'none', chromium, { purpose: 'prefetch,prefetch' }),
    'script',
  ],
  [
    'a page that an old Firefox prefetches',
    seen('GET', undefined, undefined, undefined, firefox, { purpose: 'prefetch' }),
    'script',
  ],
  [
    'a preview of Safari',
    seen('GET', undefined, undefined, undefined, firefox, { purpose: 'preview' }),
    'script',
  ],
  [
    'a page with a purpose of another kind',
    seen('GET', 'navigate', 'document', 'none', chromium, { purpose: 'unprefetched' }),
    'navigation',
  ],
  ['Firefox: an address', seen('GET', 'navigate', 'document', 'none', firefox), 'navigation'],
  ['Firefox: a form', seen('POST', 'navigate', 'document', 'same-origin', firefox), 'form'],
  ['Firefox: a frame', seen('GET', 'navigate', 'iframe', 'same-origin', firefox), 'frame'],
  ['Firefox: a fetch', seen('GET', 'cors', 'empty', 'same-origin', anything), 'script'],
  [
    'Firefox: a WebSocket',
    seen('GET', 'websocket', 'empty', 'same-origin', anything, { upgrade: 'websocket' }),
    'script',
  ],
  ['Firefox: an old frame', seen('GET', 'navigate', 'frame', 'same-origin', firefox), 'frame'],
  ['Safari 16.4: an address', seen('GET', 'navigate', 'document', 'none', firefox), 'navigation'],
  ['Safari 16.4: a fetch', seen('GET', 'cors', 'empty', 'same-origin', anything), 'script'],
  ['a fenced frame', seen('GET', 'navigate', 'fencedframe', 'cross-site', chromium), 'frame'],
  ['old Safari: a page', seen('GET', undefined, undefined, undefined, firefox), 'navigation'],
  ['old Safari: a form', seen('POST', undefined, undefined, undefined, firefox), 'form'],
  ['old Safari: a fetch', seen('GET', undefined, undefined, undefined, anything), 'script'],
  [
    'old Safari: an image',
    seen('GET', undefined, undefined, undefined, 'image/webp,image/png,image/*;q=0.8,*/*;q=0.5'),
    'script',
  ],
  [
    'old Safari: an event stream',
    seen('GET', undefined, undefined, undefined, 'text/event-stream'),
    'script',
  ],
  [
    'old Safari: a WebSocket',
    seen('GET', undefined, undefined, undefined, undefined, { upgrade: 'websocket' }),
    'script',
  ],
  [
    'the certificate check of FedCM',
    seen('GET', 'no-cors', 'webidentity', 'cross-site', 'application/json'),
    'script',
  ],
  ['a report of the browser', seen('POST', 'no-cors', 'report', 'same-origin', anything), 'script'],
]
