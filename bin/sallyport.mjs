// The command line as the setup has bundled it, or where its sources have changed since then these. Plain JavaScript:
// with types to take out, Node alone would need twice as long for its first word.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { findBuild } from '../scripts/command-line-build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = findBuild(root)
// For what stays sources, such as the edge. Where nothing may be written there, nothing is kept.
enableCompileCache(`${root}/node_modules/.cache/compile`)
await import(built === undefined ? '../src/main.ts' : `../${built}`)
