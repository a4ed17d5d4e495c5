import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { openDirectory } from '../directory/open.ts'

// Whoever started the edge sits before it; a link that scrolled away is printed anew by `sallyport set-up`.
const codeLifetimeSeconds = 3600

/**
 * A code that makes the first administrator at `/set-up` of the login host, good for an hour; undefined when there is an
 * administrator. The database may be in use by an edge.
 */
export async function createSetUpCode(dataDir: string, log: Log): Promise<string | undefined> {
  const file = join(dataDir, 'sallyport.sqlite')
  await using directory = await openDirectory({ file, clock: systemClock, log })
  return await directory.firstAdministrator.createCode(codeLifetimeSeconds)
}

/** The address that makes the first administrator; `login` is the origin of the sign-in. */
export function setUpLink(login: string, code: string): string {
  return `${login}/set-up?code=${code}`
}
