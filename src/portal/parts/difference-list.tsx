import './difference-list.css'

interface Difference {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** What a change changes, field by field: before, and after. */
export function DifferenceList({ differences }: { readonly differences: readonly Difference[] }) {
  return (
    <dl className="differences">
      {differences.map(({ path, before, after }) => (
        <div key={path}>
          <dt>{shortPath(path)}</dt>
          {before !== undefined && before !== null && (
            <dd className="difference-before">
              <span className="difference-sign">− </span>
              <span className="visually-hidden">before: </span>
              <code>{textOf(before)}</code>
            </dd>
          )}
          {after !== undefined && after !== null && (
            <dd className="difference-after">
              <span className="difference-sign">+ </span>
              <span className="visually-hidden">after: </span>
              <code>{textOf(after)}</code>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

// The beginning is the same for all of them.
function shortPath(path: string): string {
  return path.replace(/^onPremisesPublishing\//, '').replace(/^segmentsConfiguration\//, '')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
