// biome-ignore-all lint/a11y/useSemanticElements: a grid moves the focus between its cells, and is a list on a phone; no table does.

import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { DismissCircleRegular } from '@fluentui/react-icons/svg/dismiss-circle'
import { SubtractCircleRegular } from '@fluentui/react-icons/svg/subtract-circle'
import { type KeyboardEvent, useRef, useState } from 'react'
import { longText, marksOf, shortText } from './cell-words.ts'
import type { Cell, CellKind, Matrix, Target } from './matrix.ts'

interface MatrixGridProps {
  readonly matrix: Matrix
  readonly onOpen: (cell: Cell) => void
}

const icons: Readonly<Record<CellKind, typeof CheckmarkCircleRegular>> = {
  self: SubtractCircleRegular,
  siblings: CheckmarkCircleRegular,
  rule: CheckmarkCircleRegular,
  refused: DismissCircleRegular,
  noRule: DismissCircleRegular,
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
}

/** Who may call whom: callers below one another, what they call side by side. Arrows move, Enter opens. */
export function MatrixGrid({ matrix, onOpen }: MatrixGridProps) {
  const [[row, column], setPlace] = useState<readonly [number, number]>([0, 0])
  const grid = useRef<HTMLDivElement>(null)
  const move = (nextRow: number, nextColumn: number): void => {
    setPlace([nextRow, nextColumn])
    const cell = grid.current?.querySelector<HTMLElement>(`[data-cell="${nextRow} ${nextColumn}"]`)
    cell?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const [down, right] = steps[event.key] ?? [0, 0]
    const ends: Readonly<Record<string, number>> = { Home: 0, End: matrix.targets.length - 1 }
    const end = ends[event.key]
    if (down === 0 && right === 0 && end === undefined) return
    event.preventDefault()
    const last = { row: matrix.callers.length - 1, column: matrix.targets.length - 1 }
    const nextColumn = end ?? Math.min(Math.max(column + right, 0), last.column)
    move(Math.min(Math.max(row + down, 0), last.row), nextColumn)
  }
  return (
    <div className="matrix-frame">
      <div
        role="grid"
        className="matrix"
        ref={grid}
        aria-label="Who may call whom"
        onKeyDown={onKeyDown}
      >
        <Head targets={matrix.targets} />
        <div role="rowgroup" className="matrix-body">
          {matrix.rows.map((cells, rowIndex) => {
            const caller = matrix.callers[rowIndex]
            return (
              <div key={caller?.origin} role="row" className="matrix-row" tabIndex={-1}>
                <div role="rowheader" className="matrix-caller" tabIndex={-1}>
                  {caller && hostOf(caller.origin)}
                  {caller?.kind !== 'segment' && (
                    <span className="matrix-outside">
                      {caller?.kind === 'pattern' ? 'pattern' : 'from outside'}
                    </span>
                  )}
                </div>
                {cells.map((cell, columnIndex) => (
                  <div
                    key={`${cell.target.url} ${cell.target.resource}`}
                    role="gridcell"
                    data-cell={`${rowIndex} ${columnIndex}`}
                    data-label={hostOf(cell.target.url) + cell.target.resource}
                    tabIndex={row === rowIndex && column === columnIndex ? 0 : -1}
                    className={`matrix-cell matrix-${cell.kind}`}
                    onFocus={() => setPlace([rowIndex, columnIndex])}
                    onClick={() => onOpen(cell)}
                    onKeyDown={({ key }) => key === 'Enter' && onOpen(cell)}
                  >
                    <CellFace cell={cell} />
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Head({ targets }: { readonly targets: readonly Target[] }) {
  return (
    <div role="rowgroup" className="matrix-head">
      <div role="row" className="matrix-row" tabIndex={-1}>
        <div role="columnheader" className="matrix-corner" tabIndex={-1}>
          Pages of <span aria-hidden>↓</span> may call <span aria-hidden>→</span>
        </div>
        {targets.map(({ url, resource }) => (
          <div
            key={`${url} ${resource}`}
            role="columnheader"
            className="matrix-target"
            tabIndex={-1}
          >
            {hostOf(url)}
            <code className="matrix-resource">{resource}</code>
          </div>
        ))}
      </div>
    </div>
  )
}

function CellFace({ cell }: { readonly cell: Cell }) {
  const Icon = icons[cell.kind]
  return (
    <span className="matrix-face">
      <Icon className="matrix-icon" aria-hidden />
      <span>
        <span className="visually-hidden">{longText(cell)} In short: </span>
        {shortText(cell)}
        {marksOf(cell).map((mark) => (
          <span key={mark} className="matrix-mark">
            {mark}
          </span>
        ))}
      </span>
    </span>
  )
}

/** Host and port: the scheme is https nearly always, and said where it is not. */
function hostOf(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '')
}
