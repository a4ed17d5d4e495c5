import { Dialog, DialogSurface, Input } from '@fluentui/react-components'
import { SearchRegular } from '@fluentui/react-icons/svg/search'
import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { usePaletteHits } from './palette-hits.ts'
import type { Hit } from './rank-hits.ts'
import './palette.css'

/** Search over everything: type, arrow, Enter. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const router = useRouter()
  const listId = useId()
  const hits = usePaletteHits(text)
  const go = (hit: Hit | undefined): void => {
    if (!hit) return
    onClose()
    void router.history.push(hit.path)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && hits.length > 0) {
      event.preventDefault()
      setActive((active + step + hits.length) % hits.length)
    }
    if (event.key === 'Enter') go(hits[active])
  }
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface className="palette" aria-label="Search">
        <Input
          className="palette-input"
          size="large"
          appearance="underline"
          contentBefore={<SearchRegular aria-hidden />}
          placeholder="Applications, people, groups, pages …"
          autoFocus
          value={text}
          onChange={(_event, { value }) => {
            setText(value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-label="Search"
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(hits[active] && { 'aria-activedescendant': `${listId}-${active}` })}
        />
        <Hits id={listId} hits={hits} active={active} onGo={go} />
      </DialogSurface>
    </Dialog>
  )
}

interface HitsProps {
  readonly id: string
  readonly hits: readonly Hit[]
  readonly active: number
  readonly onGo: (hit: Hit) => void
}

function Hits({ id, hits, active, onGo }: HitsProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <>
      {/* Its options are chosen from the input, by aria-activedescendant: neither has the focus. */}
      <div
        id={id}
        ref={list}
        role="listbox"
        aria-label="Found"
        className="palette-hits"
        tabIndex={-1}
      >
        {hits.map((hit, index) => (
          <div
            key={`${hit.kind} ${hit.path}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="palette-hit"
            onMouseDown={(event) => {
              event.preventDefault()
              onGo(hit)
            }}
          >
            <span className="palette-label">{hit.label}</span>
            {hit.detail !== '' && <span className="palette-detail">{hit.detail}</span>}
            <span className="palette-kind">{hit.kind}</span>
          </div>
        ))}
      </div>
      <p className="palette-none" role="status">
        {hits.length === 0 ? 'Nothing found.' : ''}
      </p>
    </>
  )
}
