import { Section } from '../parts/section.tsx'
import { msText } from '../parts/trail.tsx'
import type { Exchange, Field, Probe } from './types.ts'

/** What was really sent and came back, and what could not be seen that way. */
export function Exchanges({ probe: { exchanges, page, unseen } }: { readonly probe: Probe }) {
  return (
    <Section
      title="What was sent, and what came"
      lead="Just now, by the edge itself and through the tunnel, with nobody signed in. The verdict above speaks of these answers."
    >
      {page !== null && page.exchanges.length > 0 && (
        <ExchangeList title="The page" exchanges={page.exchanges} />
      )}
      <ExchangeList title="The call" exchanges={exchanges} />
      {unseen.map((sentence) => (
        <p key={sentence} className="soft">
          {sentence}
        </p>
      ))}
    </Section>
  )
}

interface ExchangeListProps {
  readonly title: string
  readonly exchanges: readonly Exchange[]
}

function ExchangeList({ title, exchanges }: ExchangeListProps) {
  return (
    <>
      <h3 className="doctor-options-title">{title}</h3>
      <ol className="exchanges" aria-label={title}>
        {exchanges.map((exchange) => (
          <li key={`${exchange.via} ${exchange.method} ${exchange.url}`}>
            <ExchangeCard exchange={exchange} />
          </li>
        ))}
      </ol>
    </>
  )
}

const ways = { edge: 'asked at the edge', application: 'asked at the application' } as const

function ExchangeCard({ exchange }: { readonly exchange: Exchange }) {
  const { method, url, via, status, failure, tookMs, redirectedTo } = exchange
  return (
    <details>
      <summary className="url">
        <strong>{status ?? failure}</strong> {method} {url}{' '}
        <span className="soft">
          {ways[via]}, {msText(tookMs)}
          {redirectedTo !== null && `, redirected to ${redirectedTo}`}
        </span>
      </summary>
      <FieldList title="Sent" fields={exchange.requestHeaders} />
      <FieldList title="Came" fields={exchange.responseHeaders} />
    </details>
  )
}

interface FieldListProps {
  readonly title: string
  readonly fields: readonly Field[]
}

function FieldList({ title, fields }: FieldListProps) {
  const lines = fields.map(({ name, value }) => `${name}: ${value}`)
  return (
    <>
      <h3 className="doctor-options-title">{title}</h3>
      <pre className="exchange-fields">{lines.length === 0 ? 'nothing' : lines.join('\n')}</pre>
    </>
  )
}
