import { readFileSync } from 'node:fs'

const manifest: unknown = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

/** The version of this software, as it is shown beside a connector and in metrics. */
export const softwareVersion: string = String((manifest as { readonly version: string }).version)
