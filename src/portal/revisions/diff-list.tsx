import { Badge } from '@fluentui/react-components'
import type { ConfigurationDiff, ResourceChange } from '../api/types.ts'
import { PathLink } from '../parts/path-link.tsx'
import { resourceText } from './activity.ts'
import { pathOfResource } from './resource-paths.ts'
import './revisions.css'

const changeTexts = { created: 'created', updated: 'changed', deleted: 'deleted' } as const
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

interface ChangedProps {
  readonly change: ResourceChange
}

function ChangedResource({ change }: ChangedProps) {
  return (
    <section className="diff" aria-label={`${change.resource} ${change.displayName}`}>
      <h3 className="diff-title">
        <Badge appearance="tint" shape="rounded" color={colors[change.change]}>
          {changeTexts[change.change]}
        </Badge>
        <Name change={change} />
        <span className="soft">{resourceText(change.resource)}</span>
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
      {change.change !== 'updated' && <Whole value={change.after ?? change.before} />}
    </section>
  )
}

function Name({ change: { resource, id, displayName, change } }: ChangedProps) {
  const path = change === 'deleted' ? undefined : pathOfResource(resource, id)
  const name = displayName ?? id
  return path === undefined ? name : <PathLink path={path}>{name}</PathLink>
}

/** What came or went whole, for whoever wants to read it. */
function Whole({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null) return null
  return (
    <details className="diff-whole">
      <summary>All of it</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard. */}
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </details>
  )
}

function text(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
