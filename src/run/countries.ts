import { readFile, stat } from 'node:fs/promises'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { type CountryOf, openCountryDatabase } from '../policy/country-database.ts'

/** The administrator's country database, as the newest state of its file. */
export interface Countries {
  readonly countryOf: CountryOf
  stop(): void
}

// Such databases are renewed once or twice a week.
const lookIntervalMs = 60_000

/**
 * Opens the file and opens it anew when it was replaced; one that cannot be read then leaves the last one. Rejects with
 * `invalid` for one that cannot be read now. Without a file no address has a known country.
 */
export async function keepCountries(file: string | undefined, log: Log): Promise<Countries> {
  if (file === undefined) return { countryOf: () => undefined, stop: () => {} }
  let known = await open(file)
  const timer = setInterval(async () => {
    try {
      if ((await stat(file)).mtimeMs !== known.mtimeMs) known = await open(file)
    } catch (error) {
      log.warn({ error, file }, 'the country database cannot be read; the last one stays')
    }
  }, lookIntervalMs)
  timer.unref()
  return {
    countryOf: (address) => known.countryOf(address),
    stop: () => clearInterval(timer),
  }
}

async function open(file: string) {
  try {
    const { mtimeMs } = await stat(file)
    return { mtimeMs, countryOf: openCountryDatabase(await readFile(file)) }
  } catch (cause) {
    throw new Fault('invalid', `${file} is no country database in MaxMind's format`, { cause })
  }
}
