import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dayMs, rsa, TestAuthority } from '../../src/certificates/fixture-authority.ts'
import { RunningCommand } from '../process.ts'

const policy = {
  displayName: 'Second factor outside the office',
  state: 'disabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
}

const provider = {
  '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
  ...{ id: 'keycloak', displayName: 'Keycloak', clientId: 'sallyport' },
  clientAuthentication: 'private_key_jwt',
  // Nobody answers there: what is typed about it says so.
  metadataUrl: 'https://localhost:1/.well-known/openid-configuration',
}

/** What came out of Entra. */
export const entraFiles = ['applications.json', 'people.json', 'powershell.json'] as const

/** What Chromium says of a call that the documents speak of. */
export const blocked =
  "Access to fetch at 'https://api.contoso.com/orders' from origin 'https://shop.contoso.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."

const recording = {
  log: {
    entries: [
      {
        request: {
          method: 'GET',
          url: 'https://api.contoso.com/orders',
          headers: [{ name: 'Origin', value: 'https://shop.contoso.com' }],
        },
        response: { status: 0, headers: [] },
      },
    ],
  },
}

/** Writes the files that documents name into `folder`; resolves to who vouches for the certificates of `wiki.<domain>` in it. */
export async function fillFolder(folder: string, domain: string, trusted: string): Promise<string> {
  await mkdir(folder)
  const write = (name: string, text: string | object) =>
    writeFile(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text))
  await write('authority.pem', trusted)
  await write('policies.json', policy)
  await write('policy.json', { ...policy, displayName: 'Another' })
  await write('providers.json', provider)
  await write('change.json', { displayName: 'Changed' })
  await write('failed.har', recording)
  await write('console.txt', blocked)
  await write('secret.txt', 'secret')
  await write('broken.yaml', 'groups: [')
  await write('misspelt.yaml', 'version: 1\ngruops: []\n')
  await write('shop.yaml', 'version: 1\ngroups:\n  - displayName: Night shift\n')
  for (const file of entraFiles) await cp(`src/cli/fixture-entra/${file}`, join(folder, file))
  return writeCertificates(folder, domain)
}

/** `fullchain.pem`, `privkey.pem` and `wiki.pfx`, which are good, and a pair of each kind that is refused. */
async function writeCertificates(folder: string, domain: string): Promise<string> {
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  const host = `wiki.${domain}`
  const authority = await TestAuthority.create()
  const pair = async (name: string, { certificate, key }: { certificate: string; key: string }) => {
    await write(`${name}.pem`, certificate)
    await write(`${name}.key`, key)
  }
  const good = await authority.issue([host])
  await write('fullchain.pem', good.certificate)
  await write('privkey.pem', good.key)
  await pair('key-mismatch', { ...(await authority.issue([host])), key: good.key })
  await pair('expired', await authority.issue([host], { notAfter: Date.now() - dayMs }))
  await pair('no-names', await authority.issue([]))
  await pair('weak-key', await authority.issue([host], { key: rsa(1024) }))
  await pair('unsupported-key', await authority.issue([host], { key: { name: 'Ed25519' } }))
  await pair('no-server-certificate', await authority.issue([host], { usages: [clientUsage] }))
  await pair('not-in-chain', {
    ...good,
    certificate: good.certificate + (await TestAuthority.create('Other')).pem,
  })
  await pair('certificate-malformed', { ...good, certificate: good.certificate.slice(0, 200) })
  await pair('key-malformed', { ...good, key: good.key.slice(0, 60) })
  await pair('no-certificate', { certificate: good.key, key: good.key })
  await pair('no-key', { ...good, key: good.certificate })
  const make =
    'openssl pkcs12 -export -in fullchain.pem -inkey privkey.pem -passout file:secret.txt'
  await using openssl = new RunningCommand('sh', ['-c', `${make} -out wiki.pfx`], { cwd: folder })
  await openssl.exit
  return authority.pem
}

// RFC 5280 §4.2.1.12: for clients.
const clientUsage = '1.3.6.1.5.5.7.3.2'
