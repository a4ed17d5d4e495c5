import { readFileSync } from 'node:fs'
import type { Answer } from '../../http/answer.ts'

const sessionScriptPath = '/.sallyport/session.js'
const sessionXhrPath = '/.sallyport/session-xhr.js'

const strings = /('[^']*'|`[^`]*`)/

/** The script as it is served: its source without comments and needless spaces, inside a function. */
function compact(source: string): string {
  const lines = source.split('\n').map((line) => line.trim())
  const code = lines.filter((line) => line !== '' && !line.startsWith('//')).join('\n')
  const pieces = code.split(strings).map((piece, i) => (i % 2 === 1 ? piece : squeeze(piece)))
  return `(()=>{${pieces.join('')}})()\n`
}

// Only breaks stay that may end a statement: those between two words, or behind a bracket that closes.
function squeeze(code: string): string {
  return code
    .replace(/\((\w+)\) =>/g, '$1=>')
    .replace(/ ?([={(,:;?<>&|!+*-]+)\s*/g, '$1')
    .replace(/,?\s*([)}])/g, '$1')
    .replace(/\s+\./g, '.')
    .replace(/([)}]) +/g, '$1')
    .replace(/\bconst\b/g, 'let')
}

function served(file: string): string {
  return compact(readFileSync(new URL(file, import.meta.url), 'utf8'))
}

/** `/.sallyport/session.js`: what a page needs to sign in again without being lost (docs/single-page-applications.md). */
export const sessionScript: string = served('./session-script.js')

/** `/.sallyport/session-xhr.js`: the same for every XMLHttpRequest of a page, behind session.js. */
export const sessionXhrScript: string = served('./session-xhr.js')

/** The scripts by path. They are the same for everybody and every application. */
export const sessionScripts: ReadonlyMap<string, Answer> = new Map([
  [sessionScriptPath, scriptAnswer(sessionScript)],
  [sessionXhrPath, scriptAnswer(sessionXhrScript)],
])

/** In front of a page's own scripts, which may call at once. */
export const sessionElements: string = `<script src="${sessionScriptPath}" data-patch></script><script src="${sessionXhrPath}"></script>`

function scriptAnswer(body: string): Answer {
  const headers = [
    'Content-Type',
    'text/javascript; charset=utf-8',
    // An edge that was updated is heard of within the hour.
    'Cache-Control',
    'public, max-age=3600',
    'X-Content-Type-Options',
    'nosniff',
    // Pages of other hosts may load it, those that demand to be asked (COEP) too.
    'Cross-Origin-Resource-Policy',
    'cross-origin',
    'Access-Control-Allow-Origin',
    '*',
  ]
  return { status: 200, headers, body }
}
