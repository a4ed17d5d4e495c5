import type { FluentIcon } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { Empty } from '../parts/empty.tsx'
import { LinkButton } from '../parts/link-button.tsx'

interface NothingPublishedProps {
  readonly icon: FluentIcon
  /** What will be there. */
  readonly children: ReactNode
}

/** Where a picture of applications would be while there is none, with the way to the first one. */
export function NothingPublished({ icon, children }: NothingPublishedProps) {
  return (
    <Empty
      icon={icon}
      title="Nothing is published yet"
      action={
        <LinkButton to="/applications/new" appearance="primary">
          Publish an application
        </LinkButton>
      }
    >
      {children}
    </Empty>
  )
}
