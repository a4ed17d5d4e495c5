import type { NewCertificate, StoredCertificate } from '../certificates/stored.ts'
import type { Directory } from './directory.ts'
import type { CertificateRow } from './schema.ts'
import type { Rows } from './storage.ts'
import type { Entry, Store } from './store.ts'

type Certificates = Pick<Directory, 'certificates' | 'addCertificate' | 'deleteCertificate'>
type Add = Directory['addCertificate']
type Delete = Directory['deleteCertificate']

/** The directory's methods about certificates for browsers. [P11] */
export function certificateMethods(store: Store): Certificates {
  return {
    certificates: () => store.read(readCertificates),
    addCertificate: (...input) => addCertificate(store, ...input),
    deleteCertificate: (...input) => deleteCertificate(store, ...input),
  }
}

/** The newest first. */
export async function readCertificates(rows: Rows): Promise<readonly StoredCertificate[]> {
  const all = rows.selectFrom('certificate').selectAll()
  const found = await all.orderBy('created_at', 'desc').orderBy('thumbprint').execute()
  return found.map(toCertificate)
}

async function addCertificate(
  store: Store,
  ...[certificate, change]: Parameters<Add>
): ReturnType<Add> {
  return store.change('certificate.create', change, async (rows) => {
    const { stored, record } = await insertCertificate(rows, certificate, store.clock())
    return { value: stored, ...(record && { record }) }
  })
}

/** Writes one, and says what to put into the audit trail; a certificate that is there already is left as it is. */
export async function insertCertificate(
  rows: Rows,
  certificate: NewCertificate,
  createdAt: number,
): Promise<{ readonly stored: StoredCertificate; readonly record?: Entry }> {
  const known = await findCertificate(rows, certificate.thumbprint)
  if (known) return { stored: known }
  if (certificate.source === 'acme') await removeReplaced(rows, certificate)
  const stored: StoredCertificate = { ...certificate, createdAt }
  await rows.insertInto('certificate').values(toRow(stored)).execute()
  return {
    stored,
    record: { targetId: stored.thumbprint, before: undefined, after: withoutKey(stored) },
  }
}

/** A renewed certificate takes the place of the one before; uploaded ones are their owner's to delete. */
async function removeReplaced(rows: Rows, { names }: NewCertificate): Promise<void> {
  await rows
    .deleteFrom('certificate')
    .where('source', '=', 'acme')
    .where('names', '=', JSON.stringify(names))
    .execute()
}

async function deleteCertificate(
  store: Store,
  ...[thumbprint, change]: Parameters<Delete>
): ReturnType<Delete> {
  return store.change('certificate.delete', change, async (rows) => {
    const before = await findCertificate(rows, thumbprint)
    if (!before) return { value: false }
    await rows.deleteFrom('certificate').where('thumbprint', '=', thumbprint).execute()
    const record = { targetId: thumbprint, before: withoutKey(before), after: undefined }
    return { value: true, record }
  })
}

async function findCertificate(
  rows: Rows,
  thumbprint: string,
): Promise<StoredCertificate | undefined> {
  const all = rows.selectFrom('certificate').selectAll()
  const row = await all.where('thumbprint', '=', thumbprint).executeTakeFirst()
  return row && toCertificate(row)
}

/** What the audit trail keeps of it: it outlives the certificate, and whoever may read it need not have the key. */
function withoutKey({ sealedKey: _, chain: __, ...facts }: StoredCertificate): object {
  return facts
}

/** A row as a certificate. */
export function toCertificate(row: CertificateRow): StoredCertificate {
  return {
    thumbprint: row.thumbprint,
    source: row.source,
    subjectName: row.subject_name,
    issuerName: row.issuer_name,
    names: JSON.parse(row.names) as string[], // `toRow` wrote it
    notBefore: row.not_before,
    notAfter: row.not_after,
    chain: row.chain,
    sealedKey: row.sealed_key,
    createdAt: row.created_at,
  }
}

function toRow(certificate: StoredCertificate): CertificateRow {
  return {
    thumbprint: certificate.thumbprint,
    source: certificate.source,
    subject_name: certificate.subjectName,
    issuer_name: certificate.issuerName,
    names: JSON.stringify(certificate.names),
    not_before: certificate.notBefore,
    not_after: certificate.notAfter,
    chain: certificate.chain,
    sealed_key: certificate.sealedKey,
    created_at: certificate.createdAt,
  }
}
