import type { Change } from '../api/client.ts'
import { certificatesPath } from './certificates.ts'

/** What the form for a certificate has. */
export interface Upload {
  readonly format: 'pem' | 'pfx'
  readonly certificateChain: string
  readonly privateKey: string
  /** In Base64. */
  readonly pfx: string
  readonly password: string
}

/** The call that uploads it; undefined while there is nothing to send. */
export function uploadChange(upload: Upload): Change | undefined {
  const { format, certificateChain, privateKey, pfx, password } = upload
  const summary = 'Uploaded a certificate'
  const shared = { method: 'POST', path: certificatesPath, summary } as const
  if (format === 'pfx') return pfx === '' ? undefined : { ...shared, body: { pfx, password } }
  if (certificateChain === '' && privateKey === '') return undefined
  return { ...shared, body: { certificateChain, privateKey } }
}

/** The change as it may be shown: a key on a screen is a key lost. */
export function withoutSecrets(change: Change): Change {
  const body = change.body as Readonly<Record<string, string>>
  const shown = Object.entries(body).map(([name]) => [name, `{${name}}`])
  return { ...change, body: Object.fromEntries(shown) }
}
