import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

interface PathLinkProps {
  /** With its search parameters, such as `/doctor?page=…`. */
  readonly path: string
  readonly className?: string
  readonly children: ReactNode
}

/** A link to a page whose address is data: found by a search, or offered by the API. */
export function PathLink({ path, className = 'link', children }: PathLinkProps) {
  const router = useRouter()
  const onClick = (event: MouseEvent): void => {
    // Another tab or window is the browser's own affair.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void router.history.push(path)
  }
  return (
    <a className={className} href={path} onClick={onClick}>
      {children}
    </a>
  )
}
