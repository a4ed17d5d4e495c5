// `npm run providers`: sign-in with a provider that is not ours. Ends with 2 where this machine lacks what it takes.
import { spawnSync } from 'node:child_process'
import { fetchKeycloak, missingPackages } from './keycloak.ts'

const timeoutMs = 300_000

const missing = missingPackages()
if (missing.length > 0) {
  process.stderr.write(`Keycloak needs Debian's ${missing.join(', ')}.\n`)
  process.exit(2)
}
fetchKeycloak()
const args = ['--test', `--test-timeout=${timeoutMs}`, 'test/providers/keycloak-journey.ts']
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
