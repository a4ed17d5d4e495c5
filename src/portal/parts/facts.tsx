import type { ReactNode } from 'react'
import { CopyButton } from './copyable.tsx'

/** One fact; `copied` is the text that a button beside it copies. */
export interface Fact {
  readonly name: string
  readonly value: ReactNode
  readonly copied?: string
}

/** Facts side by side, as many as there is room for. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ name, value, copied }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {copied !== undefined && <CopyButton text={copied} label={name} />}
          </dd>
        </div>
      ))}
    </dl>
  )
}
