import { Badge } from '@fluentui/react-components'
import type { ConfigurationDiff, ResourceChange } from '../api/types.ts'

const colors = { created: 'success', updated: 'informative', deleted: 'danger' } as const

/** What changes, resource by resource and field by field; or what is wrong with the document. */
export function DiffList({ diff: { changes, issues = [] } }: { readonly diff: ConfigurationDiff }) {
  if (issues.length > 0) {
    return (
      <section className="diff" aria-label="What is wrong with it">
        <p>Nothing can be applied as long as something is wrong:</p>
        <ul>
          {issues.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      </section>
    )
  }
  if (changes.length === 0) return <p>Nothing: everything is as the file has it.</p>
  return changes.map((change) => (
    <ChangedResource key={`${change.resource} ${change.id}`} change={change} />
  ))
}

function ChangedResource({ change }: { readonly change: ResourceChange }) {
  return (
    <section className="diff" aria-label={`${change.resource} ${change.displayName}`}>
      <h3 className="diff-title">
        <Badge appearance="tint" shape="rounded" color={colors[change.change]}>
          {change.change}
        </Badge>
        {change.displayName ?? change.id}
        <span className="soft">{change.resource}</span>
      </h3>
      {change.change === 'updated' && (
        <dl className="diff-fields">
          {change.diff.map(({ path, before, after }) => (
            <div key={path}>
              <dt>{path}</dt>
              <dd>
                <del>{text(before)}</del>
                <ins>{text(after)}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–')
}
