// Fails when a lockfile holds a download address, a package without integrity, or one with an install script.
import { lockfileProblems } from './lockfile.mjs'

const lockfiles = ['package-lock.json', 'test/real-application/package-lock.json']

for (const file of lockfiles) {
  const problems = lockfileProblems(file)
  for (const problem of problems) process.stderr.write(`${file}: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
