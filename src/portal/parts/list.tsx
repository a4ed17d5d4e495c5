import {
  createTableColumn,
  DataGrid,
  DataGridBody,
  DataGridCell,
  DataGridHeader,
  DataGridHeaderCell,
  DataGridRow,
  type TableColumnDefinition,
} from '@fluentui/react-components'
import type { ReactNode } from 'react'

/** One column of a list. */
export interface Column<Item> {
  readonly id: string
  readonly title: string
  readonly cell: (item: Item) => ReactNode
  /** What it is sorted by; a column without it is not. */
  readonly sortBy?: (item: Item) => string | number
  /** Left out where there is no room, such as on a phone. */
  readonly roomy?: boolean
  /** Each cell is one link or button: arrows lead to it at once. Others are entered by Enter first. */
  readonly isLink?: boolean
  /** Share of the width against the other columns, 1 when unsaid. */
  readonly grow?: 0.5 | 1 | 2 | 3
}

interface ListProps<Item> {
  /** For a screen reader: `Applications`. */
  readonly label: string
  readonly items: readonly Item[]
  readonly columns: readonly Column<Item>[]
  readonly idOf: (item: Item) => string
  /** `name` or `-name`, as it stands in the URL. */
  readonly sort?: string | undefined
  readonly onSort?: (sort: string) => void
  /** What stands there when a filter leaves nothing. */
  readonly none?: ReactNode
}

/** A table that the keyboard moves through: arrows between cells, Enter and Escape into and out of one. */
export function List<Item>(props: ListProps<Item>) {
  const { columns, items, sort = '' } = props
  if (items.length === 0) return <p className="list-none">{props.none ?? 'Nothing here.'}</p>
  const sortColumn = sort.replace(/^-/, '')
  const sortDirection = sort.startsWith('-') ? 'descending' : 'ascending'
  return (
    <div className="list">
      <DataGrid
        items={[...items]}
        columns={columns.map(toFluent)}
        getRowId={props.idOf}
        focusMode="cell"
        aria-label={props.label}
        sortable={props.onSort !== undefined}
        sortState={{ sortColumn, sortDirection }}
        onSortChange={(_event, state) => {
          const minus = state.sortDirection === 'descending' ? '-' : ''
          props.onSort?.(`${minus}${state.sortColumn}`)
        }}
      >
        <DataGridHeader>
          <DataGridRow>
            {({ columnId, renderHeaderCell }) => (
              <DataGridHeaderCell className={classOf(columns, columnId)}>
                {renderHeaderCell()}
              </DataGridHeaderCell>
            )}
          </DataGridRow>
        </DataGridHeader>
        <DataGridBody<Item>>
          {({ item, rowId }) => (
            <DataGridRow<Item> key={rowId} className="list-row">
              {({ columnId, renderCell }) => (
                <DataGridCell
                  className={classOf(columns, columnId)}
                  focusMode={find(columns, columnId)?.isLink ? 'none' : 'group'}
                >
                  {renderCell(item)}
                </DataGridCell>
              )}
            </DataGridRow>
          )}
        </DataGridBody>
      </DataGrid>
    </div>
  )
}

function toFluent<Item>(column: Column<Item>): TableColumnDefinition<Item> {
  const { sortBy } = column
  return createTableColumn<Item>({
    columnId: column.id,
    renderHeaderCell: () => column.title,
    renderCell: column.cell,
    ...(sortBy && { compare: (a: Item, b: Item) => compare(sortBy(a), sortBy(b)) }),
  })
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}

function classOf<Item>(columns: readonly Column<Item>[], id: string | number): string {
  const column = find(columns, id)
  const grow = { 0.5: 'half', 1: 'one', 2: 'two', 3: 'three' }[column?.grow ?? 1]
  return `list-cell list-${grow}${column?.roomy ? ' list-roomy' : ''}`
}

function find<Item>(
  columns: readonly Column<Item>[],
  id: string | number,
): Column<Item> | undefined {
  return columns.find((column) => column.id === id)
}
