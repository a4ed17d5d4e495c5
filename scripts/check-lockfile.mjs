// Fails when a lockfile holds a download address, a package without integrity, or one with an install script.
import { join } from 'node:path'
import { lockfileProblems } from './lockfile.mjs'

const folders = ['.', 'test/real-application', 'test/oldest-node']
const lockfiles = folders.map((folder) => join(folder, 'package-lock.json'))

for (const file of lockfiles) {
  const problems = lockfileProblems(file)
  for (const problem of problems) process.stderr.write(`${file}: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
