import { Link } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page
      title="There is no such page"
      lead="The address may have been mistyped, or what it named was deleted."
    >
      <p>
        <Link className="link" to="/">
          Go to Home
        </Link>
      </p>
    </Page>
  )
}
