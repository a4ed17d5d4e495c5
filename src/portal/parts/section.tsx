import { type ReactNode, useId } from 'react'

interface SectionProps {
  readonly title: string
  readonly lead?: ReactNode
  /** Beside the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A card with a heading: one subject of a page. */
export function Section({ title, lead, actions, children }: SectionProps) {
  const id = useId()
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 className="section-title" id={id}>
          {title}
        </h2>
        {actions !== undefined && <div className="section-actions">{actions}</div>}
      </div>
      {lead !== undefined && <p className="section-lead">{lead}</p>}
      {children}
    </section>
  )
}
