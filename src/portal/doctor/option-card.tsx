import { Badge, Button } from '@fluentui/react-components'
import { useState } from 'react'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import type { Option } from './types.ts'

const ApplyDialog = lazyBlade(async () => (await import('./apply-dialog.tsx')).ApplyDialog)

interface OptionCardProps {
  readonly option: Option
  readonly onApplied: (option: Option, revisionId: string | undefined) => void
}

const effortMax = 6
const efforts = [
  'one click',
  'a few clicks',
  'addresses change',
  'names or addresses of others change',
  'some work by hand',
  'somebody writes code',
]

/** One cure: what it does, what it costs, and the button that does it. */
export function OptionCard({ option, onApplied }: OptionCardProps) {
  const [isOpen, setIsOpen] = useState(false)
  const { title, effort, explanation, manual, change, seedOption } = option
  return (
    <li className="option-card">
      <div className="option-head">
        <h4 className="option-title">{title}</h4>
        <Effort effort={effort} />
      </div>
      <p>{explanation}</p>
      {manual !== null && <p className="option-manual">{manual}</p>}
      <div className="option-foot">
        {change && (
          <Button
            appearance={effort === 1 ? 'primary' : 'secondary'}
            onClick={() => setIsOpen(true)}
          >
            Apply …
          </Button>
        )}
        {seedOption !== null && (
          <Badge appearance="outline" shape="rounded">
            Solution {seedOption} of the six
          </Badge>
        )}
      </div>
      {isOpen && change && (
        <ApplyDialog
          option={option}
          onClose={() => setIsOpen(false)}
          onApplied={(revisionId) => {
            setIsOpen(false)
            onApplied(option, revisionId)
          }}
        />
      )}
    </li>
  )
}

function Effort({ effort }: { readonly effort: number }) {
  return (
    <span className="effort">
      <span className="effort-pips" aria-hidden>
        {efforts.map((words, index) => (
          <span key={words} className={index < effort ? 'pip pip-on' : 'pip'} />
        ))}
      </span>
      <span className="soft">
        <span className="visually-hidden">
          Effort {effort} of {effortMax}:{' '}
        </span>
        {efforts[effort - 1]}
      </span>
    </span>
  )
}
