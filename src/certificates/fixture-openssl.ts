import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IssuedPem } from './fixture-authority.ts'

/** A PFX file as OpenSSL's command line writes it; `options` choose the encryption. */
export function writePfx(
  { certificate, key }: IssuedPem,
  chain: string,
  password: string,
  ...options: readonly string[]
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pfx-'))
  try {
    const file = (name: string, text = '') => {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    }
    const out = join(folder, 'out.pfx')
    execFileSync(
      'openssl',
      [
        ...['pkcs12', '-export', '-in', file('cert.pem', certificate)],
        ...['-inkey', file('key.pem', key), '-certfile', file('chain.pem', chain)],
        ...['-out', out, '-passout', `file:${file('password', `${password}\n`)}`, ...options],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    return readFileSync(out)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
