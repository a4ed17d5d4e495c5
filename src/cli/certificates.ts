import { readFileSync } from 'node:fs'
import { command } from './command.ts'
import { profilePath } from './connector-kind.ts'
import { usageFailure } from './failure.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import { need, option, readInputFile } from './parameter.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'
import { when } from './time.ts'

const certificateKind: Kind = {
  noun: 'certificate',
  path: `${profilePath}/certificates`,
  nameProperty: 'subjectName',
  otherNames: (certificate) => wordsAt(certificate, 'dnsNames'),
  listCommand: 'certificates list',
}

const theCertificate = {
  certificate: need('certificate', 'thumbprint, or a name it is for', { namesOf: 'certificates' }),
}

const dayMs = 86_400_000
// ACME renews at two thirds of 90 days; what is closer to its end than that was forgotten.
const soonDays = 21

export function daysLeft(certificate: Resource): number {
  return Math.floor((Date.parse(textAt(certificate, 'expiryDate')) - Date.now()) / dayMs)
}

/** Whether somebody has to look after it. */
export function endsSoon(certificate: Resource): boolean {
  return daysLeft(certificate) < soonDays
}

const columns: readonly Column<Resource>[] = [
  { title: 'FOR', value: (certificate) => wordsAt(certificate, 'dnsNames').join(', ') },
  { title: 'FROM', value: (certificate) => textAt(certificate, 'source') },
  { title: 'UNTIL', value: (certificate) => when(textAt(certificate, 'expiryDate')) },
  {
    title: 'DAYS',
    value: (certificate) => String(daysLeft(certificate)),
    style: (each) => (daysLeft(each) < 0 ? 'bad' : endsSoon(each) ? 'warn' : 'good'),
  },
  { title: 'THUMBPRINT', value: (certificate) => textAt(certificate, 'thumbprint') },
]

const list = command({
  name: 'list',
  summary: 'certificates that browsers are shown, and how long they last',
  kind: 'read',
  examples: ['certificates list', 'certificates list --json'],
  async run({ api, out }) {
    const found = await api.list(certificateKind.path)
    out.list(found, columns, 'None: every host is shown one of the local authority.')
  },
})

const show = command({
  name: 'show',
  summary: 'one certificate, with all that is known of it',
  kind: 'read',
  examples: ['certificates show wiki.contoso.com'],
  takes: theCertificate,
  async run({ api, out }, { certificate: word }) {
    const found = await resolve(api, certificateKind, word)
    out.item(found, [
      ['For', wordsAt(found, 'dnsNames').join(', '), 'bold'],
      ['Subject', textAt(found, 'subjectName')],
      ['Issuer', textAt(found, 'issuerName')],
      ['From', when(textAt(found, 'issueDate'))],
      ['Until', `${when(textAt(found, 'expiryDate'))} (${daysLeft(found)} days)`],
      ['Came by', textAt(found, 'source')],
      ['Thumbprint', textAt(found, 'thumbprint')],
    ])
  },
})

const upload = command({
  name: 'upload',
  summary: 'upload a certificate and its key, as PEM or PFX; it counts at once',
  kind: 'write',
  examples: [
    'certificates upload --chain fullchain.pem --key privkey.pem',
    'certificates upload --pfx wiki.pfx --password-file secret.txt',
  ],
  options: {
    chain: option('file', 'the certificate and those above it, in PEM', 'files'),
    key: option('file', 'its private key, in PEM', 'files'),
    pfx: option('file', 'both in one file', 'files'),
    passwordFile: option('file', 'holds the password of that file; - is stdin', 'files'),
  },
  async run({ api, out }, { chain, key, pfx, passwordFile }) {
    const isPem = chain !== undefined && key !== undefined && pfx === undefined
    const isPfx = pfx !== undefined && chain === undefined && key === undefined
    if (!isPem && !isPfx) {
      throw usageFailure(
        'Give --chain and --key, or --pfx.',
        'sallyport certificates upload --help',
      )
    }
    const body = isPem
      ? { certificateChain: readInputFile(chain), privateKey: readInputFile(key) }
      : { pfx: readBinary(pfx ?? ''), password: readPassword(passwordFile) }
    const hidden = { ...body, ...(isPem ? { privateKey: '…' } : { pfx: '…', password: '…' }) }
    const made = await api.change('POST', certificateKind.path, api.isDryRun ? hidden : body)
    if (made) out.done(`${wordsAt(made, 'dnsNames').join(', ')} is shown from now on.`, made)
  },
})

function readPassword(file: string | undefined): string {
  return file === undefined ? '' : readInputFile(file).replace(/\r?\n$/, '')
}

function readBinary(file: string): string {
  try {
    return readFileSync(file).toString('base64')
  } catch (cause) {
    throw usageFailure(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`)
  }
}

const remove = command({
  name: 'delete',
  summary: 'delete a certificate; its hosts are shown the next best one',
  kind: 'remove',
  examples: ['certificates delete wiki.contoso.com --yes'],
  takes: theCertificate,
  async run(session, { certificate: word }) {
    const found = await resolve(session.api, certificateKind, word)
    const name = wordsAt(found, 'dnsNames')[0] ?? nameOf(certificateKind, found)
    await askFirst(session, `The certificate for ${name} and its key will be deleted.`, name)
    await session.api.change('DELETE', pathOf(certificateKind, found))
    session.out.done(`The certificate for ${name} is deleted.`, found)
  },
})

const orderColumns: readonly Column<Resource>[] = [
  { title: 'HOST', value: (host) => textAt(host, 'id') },
  { title: 'FAILED', value: (host) => textAt(host, 'failureCount') },
  { title: 'NEXT ATTEMPT', value: (host) => when(textAt(host, 'nextAttemptDateTime')) },
  { title: 'LAST ERROR', value: (host) => textAt(host, 'lastError') },
]

const orders = command({
  name: 'orders',
  summary: 'hosts that certificates are ordered for, and how that goes',
  kind: 'read',
  examples: ['certificates orders'],
  async run({ api, out }) {
    const hosts = await api.list(`${profilePath}/acmeHosts`)
    out.list(
      hosts,
      orderColumns,
      'Nothing is ordered: the edge was started without --acme-directory.',
    )
  },
})

export const certificates = [list, show, upload, remove, orders]
