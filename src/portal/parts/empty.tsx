import type { FluentIcon } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { Copyable } from './copyable.tsx'

interface EmptyProps {
  readonly icon: FluentIcon
  readonly title: string
  readonly children: ReactNode
  /** The button that comes next. */
  readonly action?: ReactNode
  /** The same by command line. */
  readonly command?: string
}

/** Where a list would be that has no members yet: what it is for, and the next step. */
export function Empty({ icon: Icon, title, children, action, command }: EmptyProps) {
  return (
    <section className="empty">
      <Icon className="empty-icon" aria-hidden />
      <h2 className="empty-title">{title}</h2>
      <p className="empty-text">{children}</p>
      {action}
      {command !== undefined && (
        <div className="empty-command">
          <span>or in a terminal</span>
          <Copyable text={command} label="Command" />
        </div>
      )}
    </section>
  )
}
