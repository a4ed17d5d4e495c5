import { hashPassword, verifyPassword } from '../../src/identity/local/password.ts'
import { cpuSecondsOf } from '../cpu.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { person, signIn } from '../sign-in.ts'
import type { Stage } from '../stage.ts'

const warmUps = 20
const count = 200
const concurrency = 4
const passwordTries = 20

/**
 * What one sign-in with the embedded provider costs the edge, from the first request to the page: both halves of OpenID
 * Connect, the session and the hand-over, each time in a browser that knows nobody. The password's hash is slow on purpose
 * and left out.
 */
export async function measureSignIns(stage: Stage): Promise<Outcome> {
  const { edge, ca } = await stage.sallyport
  const { url } = await stage.small
  const many = async (times: number): Promise<void> => {
    const left = Array.from({ length: times }).values()
    const visitor = async (): Promise<void> => {
      for (const _ of left) await signIn(url, ca)
    }
    await Promise.all(Array.from({ length: concurrency }, visitor))
  }
  await many(warmUps)
  const before = cpuSecondsOf(edge)
  await many(count)
  const wholeMs = ((cpuSecondsOf(edge) - before) * 1000) / count
  const hashMs = await passwordMs()
  const ms = wholeMs - hashMs
  return {
    ratios: {},
    figures: { 'sign-in-cpu-ms': rounded(ms) },
    table: [
      [`${count} sign-ins with the embedded provider`, '', ''],
      ['CPU time of the edge each', `${ms.toFixed(1)} ms`, 'without the password'],
      ['the password', `${hashMs.toFixed(1)} ms`, ''],
      ['sign-ins a minute on one core', (60_000 / ms).toFixed(0), 'passwords aside'],
    ],
  }
}

/** CPU time of one check of a password, all threads. */
async function passwordMs(): Promise<number> {
  const verifier = await hashPassword(person.password)
  await verifyPassword(verifier, person.password)
  const before = process.cpuUsage()
  for (let i = 0; i < passwordTries; i++) await verifyPassword(verifier, person.password)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / passwordTries
}
