import type { Application } from '../api/types.ts'
import { segmentsOf } from '../applications/facts.ts'
import { doctorPath } from '../parts/doctor-path.ts'
import { LinkAnchor } from '../parts/link-anchor.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'

// The demo puts it on the application through which it leads (src/run/demo-tour.ts).
const tourTag = 'GuidedTour'

/** A page and the address that it calls, in vain until somebody allows it. */
export interface TourFacts {
  readonly name: string
  readonly page: string
  readonly target: string
  readonly isCured: boolean
}

/** The tour of the demo; undefined at every other edge. */
export function tourOf(applications: readonly Application[]): TourFacts | undefined {
  const application = applications.find(({ tags }) => tags.includes(tourTag))
  const publishing = application?.onPremisesPublishing
  const [page, called] = segmentsOf(publishing)
  if (!application || !page || !called) return undefined
  const isCured =
    publishing?.allowSiblingSegments === true || (called.corsConfigurations ?? []).length > 0
  const target = new URL('api/values', called.externalUrl).href
  return { name: application.displayName, page: page.externalUrl, target, isCured }
}

/** Two minutes that show what Sallyport is for: a call fails, the doctor says why, one click cures it. */
export function Tour({ tour: { name, page, target, isCured } }: { readonly tour: TourFacts }) {
  return (
    <Section
      title={isCured ? `${name} works` : 'A tour of two minutes'}
      lead={
        isCured
          ? 'Its page may call its service now. What you did is below, under the last changes, and can be undone.'
          : `${name} is made of a page and a service on two hosts. It was published without a CORS rule, so its page is broken.`
      }
    >
      <ol className="tour">
        <li>
          <LinkAnchor href={page}>Open the page</LinkAnchor> and press <strong>Try It</strong>
          {isCured ? ': the answer is there.' : ': the browser keeps the answer from it.'}
        </li>
        <li>
          <PathLink path={doctorPath({ page, target, method: 'GET' })}>
            Let the doctor explain
          </PathLink>{' '}
          why, and what it takes.
        </li>
        <li>Apply the first thing that it offers. It is one change, and one click undoes it.</li>
        <li>
          Press <strong>Try It</strong> again.
        </li>
      </ol>
    </Section>
  )
}
