import type { Change } from '../api/client.ts'

const pruned = `# A configuration document says what there is. What it leaves out stays, unless it is applied with "prune";
# so what goes here is left out there:`
const unsaid = '# This has no place in a configuration document:'

/** Changes as parts of a configuration document, in YAML; those that no document can say are named. */
export function asConfiguration(
  changes: readonly Change[],
  stringify: (value: unknown) => string,
): string {
  const parts = changes.map((change) => {
    if (change.document) return `# ${change.summary}\n${stringify(change.document)}`
    const why = change.method === 'DELETE' ? pruned : unsaid
    return `${why}\n# ${change.summary} (${change.method} ${change.path})\n`
  })
  return parts.join('---\n')
}
