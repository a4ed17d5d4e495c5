// Fails when package-lock.json holds a download address, a package without integrity, or one with an install script.
import { lockfileProblems } from './lockfile.mjs'

const problems = lockfileProblems(process.argv[2] ?? 'package-lock.json')
for (const problem of problems) process.stderr.write(`package-lock.json: ${problem}\n`)
if (problems.length > 0) process.exitCode = 1
