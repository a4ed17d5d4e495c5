import { Breadcrumb, BreadcrumbDivider, BreadcrumbItem } from '@fluentui/react-components'
import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode, useEffect, useRef } from 'react'

interface PageProps {
  readonly title: string
  /** Which part of it is open, for the window's title. */
  readonly part?: string | undefined
  /** One sentence for whoever sees it the first time. */
  readonly lead?: ReactNode
  /** The pages above this one. */
  readonly above?: readonly { readonly path: string; readonly label: string }[]
  /** Beside the title: a state such as `In maintenance`. */
  readonly badge?: ReactNode
  /** The command bar. */
  readonly commands?: ReactNode
  readonly children: ReactNode
}

// The first page's focus belongs to the browser; later ones' to whoever must hear where they are now.
let firstPage = true

/** The frame of every page: title, command bar, content. Sets the window's title, and the focus after a navigation. */
export function Page({ title, part, lead, above = [], badge, commands, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!firstPage) heading.current?.focus()
    firstPage = false
  }, [])
  useEffect(() => {
    document.title = [part, title, 'Sallyport'].filter(Boolean).join(' · ')
  }, [title, part])
  return (
    <div className="page">
      {above.length > 0 && <Above pages={above} />}
      <header className="page-head">
        <div className="page-heading">
          <h1 className="page-title" ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {badge}
        </div>
        {lead !== undefined && <p className="page-lead">{lead}</p>}
        {commands !== undefined && (
          <div className="command-bar" role="toolbar" aria-label="Commands">
            {commands}
          </div>
        )}
      </header>
      {children}
    </div>
  )
}

function Above({ pages }: { readonly pages: NonNullable<PageProps['above']> }) {
  return (
    <Breadcrumb aria-label="Pages above" size="small">
      {pages.map(({ path, label }, index) => (
        <Fragment key={path}>
          {index > 0 && <BreadcrumbDivider />}
          <BreadcrumbItem>
            <Link className="link" to={path}>
              {label}
            </Link>
          </BreadcrumbItem>
        </Fragment>
      ))}
    </Breadcrumb>
  )
}
