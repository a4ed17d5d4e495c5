import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { CertificateRegular } from '@fluentui/react-icons/svg/certificate'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Certificate } from '../api/types.ts'
import { useApplications } from '../applications/applications.ts'
import { externalUrlsOf } from '../applications/facts.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { Empty } from '../parts/empty.tsx'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { AcmeHosts } from './acme-hosts.tsx'
import { certificateList, certificatesPath, covers, daysLeft } from './certificates.ts'

const UploadBlade = lazyBlade(async () => (await import('./upload-blade.tsx')).UploadBlade)

/** What browsers are shown, until when, and what is ordered. */
export function CertificatesPage() {
  const certificates = useQuery(certificateList())
  const hosts = useHosts()
  const [isUploading, setUploading] = useState(false)
  const [deleted, setDeleted] = useState<Certificate | undefined>(undefined)
  return (
    <Page
      title="Certificates"
      lead="A certificate serves every published host that it has a name for; nothing has to be assigned. Where there is none, the local authority stands in, which no browser trusts by itself."
      commands={
        <Button appearance="primary" icon={<AddRegular />} onClick={() => setUploading(true)}>
          Upload a certificate
        </Button>
      }
    >
      <div className="sections">
        <Section title="For browsers">
          <Loaded query={certificates} what="certificates">
            {(all) =>
              all.length === 0 ? (
                <NoCertificate />
              ) : (
                <List
                  label="Certificates"
                  items={all}
                  columns={columns(hosts, setDeleted)}
                  idOf={({ thumbprint }) => thumbprint}
                />
              )
            }
          </Loaded>
        </Section>
        <AcmeHosts />
      </div>
      {isUploading && <UploadBlade onClose={() => setUploading(false)} />}
      {deleted && (
        <ConfirmByName
          title={`Delete the certificate for ${firstName(deleted)}?`}
          name={firstName(deleted)}
          change={{
            method: 'DELETE',
            path: `${certificatesPath}/${deleted.thumbprint}`,
            summary: `Deleted the certificate for ${firstName(deleted)}`,
          }}
          onClose={() => setDeleted(undefined)}
          onDone={() => setDeleted(undefined)}
        >
          Its hosts are shown the next best one, or the local authority’s, from the next handshake
          on.
        </ConfirmByName>
      )}
    </Page>
  )
}

function NoCertificate() {
  return (
    <Empty
      icon={CertificateRegular}
      title="Only the local authority’s"
      command="sallyport certificates upload --help"
    >
      Upload a certificate that browsers trust, as PEM or PFX, or start the edge with{' '}
      <span className="unbroken">--acme-directory</span> to have them ordered.
    </Empty>
  )
}

function firstName({ dnsNames, subjectName }: Certificate): string {
  return dnsNames[0] ?? subjectName
}

/** The hosts that are published. */
function useHosts(): readonly string[] {
  const { data = [] } = useApplications()
  const hosts = data.flatMap(externalUrlsOf).map((url) => URL.parse(url)?.hostname ?? '')
  return [...new Set(hosts.filter((host) => host !== ''))]
}

function columns(
  hosts: readonly string[],
  onDelete: (certificate: Certificate) => void,
): readonly Column<Certificate>[] {
  return [
    {
      id: 'names',
      title: 'Names',
      grow: 2,
      cell: ({ dnsNames }) => <span className="url list-name">{dnsNames.join(', ')}</span>,
    },
    {
      id: 'expires',
      title: 'Expires',
      cell: (certificate) => <DaysLeft certificate={certificate} />,
    },
    {
      id: 'source',
      title: 'Source',
      roomy: true,
      cell: ({ source }) => (source === 'acme' ? 'Ordered (ACME)' : 'Uploaded'),
    },
    {
      id: 'issuer',
      title: 'Issuer',
      grow: 2,
      roomy: true,
      cell: ({ issuerName }) => issuerName,
    },
    {
      id: 'hosts',
      title: 'Published hosts',
      grow: 2,
      roomy: true,
      cell: ({ dnsNames }) =>
        hosts.filter((host) => dnsNames.some((name) => covers(name, host))).join(', ') || 'None',
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (certificate) => (
        <Button
          appearance="subtle"
          aria-label={`Delete the certificate for ${firstName(certificate)}`}
          icon={<DeleteRegular />}
          onClick={() => onDelete(certificate)}
        />
      ),
    },
  ]
}

// Whoever renews by hand needs a few weeks.
const soonDays = 30

function DaysLeft({ certificate }: { readonly certificate: Certificate }) {
  const days = daysLeft(certificate, Date.now())
  const color = days < 0 ? 'danger' : days < soonDays ? 'warning' : 'success'
  return (
    <span className="stack-tight">
      <Badge appearance="tint" color={color} shape="rounded">
        {days < 0 ? 'Expired' : days === 1 ? '1 day left' : `${days} days left`}
      </Badge>
      <span className="soft">
        <When at={certificate.expiryDate} />
      </span>
    </span>
  )
}
