// Where the bundled command line is, if it is there. Read at every start of it: no more is loaded here than it takes.
import { readFileSync, statSync } from 'node:fs'

/** Names the build that counts: `{ entry, inputs: [[file, bytes, mtimeMs], …] }`, all below the root. */
export const buildFile = 'dist/cli.json'

/** The file that begins the bundled command line, from the root; undefined when there is none, or its sources are others. */
export function findBuild(root) {
  try {
    const { entry, inputs } = JSON.parse(readFileSync(`${root}/${buildFile}`, 'utf8'))
    const isSame = inputs.every(([file, size, mtimeMs]) => {
      const facts = statSync(`${root}/${file}`)
      return facts.size === size && facts.mtimeMs === mtimeMs
    })
    return isSame ? entry : undefined
  } catch {
    // Nothing is built, or one of the sources is gone.
    return undefined
  }
}
