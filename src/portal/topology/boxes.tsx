import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, type MouseEvent, memo, type ReactNode } from 'react'
import { type Item, isBroken, nextOpening, type Opening } from './arrange.ts'
import { type Box, boxHeight } from './layout.ts'
import { groupText, noteOf } from './words.ts'

interface BoxProps<Kind extends Item['kind']> {
  readonly box: Box
  readonly item: Extract<Item, { kind: Kind }>
  readonly onActive: (id: string | undefined) => void
}

/** A link to where something is put right, with what is wrong with it. */
export const NodeBox = memo(({ box, item, onActive }: BoxProps<'node'>) => {
  const router = useRouter()
  const { node, isInGroup } = item
  const [problem] = node.problems
  const onClick = (event: MouseEvent): void => {
    // Another tab or window is the browser's own affair.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void router.history.push(node.path)
  }
  const note = noteOf(item)
  return (
    <a
      href={node.path}
      onClick={onClick}
      className={isBroken(node) ? 'topology-node topology-bad' : 'topology-node'}
      {...activation(box.id, onActive)}
    >
      <title>{[node.label, node.note, ...node.problems].filter(Boolean).join('\n')}</title>
      <Lettering box={box} first={node.label} isTold={isInGroup && node.column === 'internal'}>
        {problem === undefined ? note : `✕ ${problem}`}
      </Lettering>
    </a>
  )
})

/** The button that opens and closes a group. */
export const GroupBox = memo(
  ({
    box,
    item,
    onActive,
    onOpen,
  }: BoxProps<'group'> & { readonly onOpen: (id: string, opening: Opening) => void }) => {
    const { group, opening, brokenCount } = item
    const toggle = (): void => onOpen(group.id, nextOpening(opening))
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      toggle()
    }
    return (
      // biome-ignore lint/a11y/useSemanticElements: a picture holds no button.
      <g
        role="button"
        tabIndex={0}
        aria-expanded={opening === 'open'}
        className={brokenCount > 0 ? 'topology-group topology-bad' : 'topology-group'}
        onClick={toggle}
        onKeyDown={onKeyDown}
        {...activation(box.id, onActive)}
      >
        <title>{`${group.label}\n${groupText(item)}`}</title>
        <Lettering box={box} first={`${opening === 'open' ? '▾' : '▸'} ${group.label}`}>
          {`${brokenCount > 0 ? '✕ ' : ''}${groupText(item)}`}
        </Lettering>
      </g>
    )
  },
)

function activation(id: string, onActive: (id: string | undefined) => void) {
  return {
    onPointerEnter: () => onActive(id),
    onPointerLeave: () => onActive(undefined),
    onFocus: () => onActive(id),
    onBlur: () => onActive(undefined),
  }
}

interface LetteringProps {
  readonly box: Box
  readonly first: string
  /** The heading says how it begins: what is left out is there, and not at its end. */
  readonly isTold?: boolean
  /** A second line, where there is something to say. */
  readonly children: ReactNode
}

function Lettering({ box: { x, y, width }, first, isTold = false, children }: LetteringProps) {
  const second = typeof children === 'string' ? children : ''
  return (
    <>
      <rect x={x} y={y} width={width} height={boxHeight} rx={6} />
      <text x={x + 12} y={y + (second === '' ? 25 : 17)}>
        {shorten(first, lettersIn(width, letterWidth), isTold)}
      </text>
      {second !== '' && (
        <text className="topology-second" x={x + 12} y={y + 33}>
          {shorten(second, lettersIn(width, smallLetterWidth))}
        </text>
      )}
    </>
  )
}

// Of the widest letters that names are made of, with what a box keeps free on both sides.
const letterWidth = 7.2
const smallLetterWidth = 6.6
const padding = 24

function lettersIn(width: number, letter: number): number {
  return Math.floor((width - padding) / letter)
}

/** What fits into a box; the whole of it is in its title and in the list. */
function shorten(text: string, lettersMax: number, isTold = false): string {
  if (text.length <= lettersMax) return text
  return isTold ? `…${text.slice(1 - lettersMax)}` : `${text.slice(0, lettersMax - 1)}…`
}
