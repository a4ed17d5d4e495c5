import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { useState } from 'react'
import type { Application, CorsRule, Segment } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { type Column, List } from '../parts/list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { rulesPath } from './changes.ts'
import { externalUrlsOf, segmentsOf } from './facts.ts'
import { RuleBlade } from './rule-blade.tsx'
import type { TabProps } from './tab-props.ts'

/** What a list of rules belongs to: a segment, or the application itself. */
interface Owner {
  readonly segmentId: string | undefined
  readonly url: string
  readonly rules: readonly CorsRule[]
}

interface Editing {
  readonly owner: Owner
  readonly rule: CorsRule | undefined
}

/** Who may call this application from pages of other origins. */
export function CorsTab({ application }: TabProps) {
  const [editing, setEditing] = useState<Editing | undefined>(undefined)
  const { send, problem } = useChange()
  const owners = ownersOf(application)
  const remove = ({ segmentId }: Owner, rule: CorsRule): void =>
    void send({
      method: 'DELETE',
      path: `${rulesPath(application.id, segmentId)}/${rule.id}`,
      summary: `Deleted the CORS rule for ${rule.resource}`,
    })
  return (
    <div className="sections">
      <ProblemBar problem={problem} />
      {owners.map((owner) => (
        <Section
          key={owner.url}
          title={owner.url}
          actions={
            <Button icon={<AddRegular />} onClick={() => setEditing({ owner, rule: undefined })}>
              Add a rule
            </Button>
          }
        >
          <List
            label={`CORS rules of ${owner.url}`}
            items={owner.rules}
            columns={columns(
              (rule) => setEditing({ owner, rule }),
              (rule) => remove(owner, rule),
            )}
            idOf={({ id, resource }) => id ?? resource}
            none={noneText(application, owner)}
          />
        </Section>
      ))}
      {editing && (
        <RuleBlade
          application={application}
          segmentId={editing.owner.segmentId}
          rule={editing.rule}
          callers={callersOf(application, editing.owner)}
          target={editing.owner.url}
          onClose={() => setEditing(undefined)}
        />
      )}
    </div>
  )
}

function ownersOf(application: Application): readonly Owner[] {
  const publishing = application.onPremisesPublishing
  const segments = segmentsOf(publishing)
  if (segments.length > 0) return segments.map(ownerOf)
  return [
    {
      segmentId: undefined,
      url: publishing?.externalUrl ?? application.displayName,
      rules: publishing?.corsConfigurations ?? [],
    },
  ]
}

function ownerOf({ id, externalUrl, corsConfigurations = [] }: Segment): Owner {
  return { segmentId: id, url: externalUrl, rules: corsConfigurations }
}

function noneText(application: Application, { segmentId }: Owner): string {
  const siblings = application.onPremisesPublishing?.allowSiblingSegments === true
  return segmentId !== undefined && siblings
    ? 'No rule. Pages of the other segments may call it all the same; nobody else may.'
    : 'No rule: the application’s own CORS headers pass through, and preflights are refused.'
}

/** Origins that a rule is likely to name: those of the other segments. */
function callersOf(application: Application, { url }: Owner): readonly string[] {
  const origins = externalUrlsOf(application)
    .filter((each) => each !== url)
    .map((each) => URL.parse(each)?.origin)
  return [
    ...new Set(origins.filter((origin) => origin !== undefined && origin !== 'null')),
  ] as string[]
}

function columns(
  onEdit: (rule: CorsRule) => void,
  onDelete: (rule: CorsRule) => void,
): readonly Column<CorsRule>[] {
  return [
    { id: 'resource', title: 'Path', cell: ({ resource }) => <code>{resource}</code> },
    {
      id: 'origins',
      title: 'Pages of',
      grow: 3,
      cell: ({ allowedOrigins }) => <Words words={allowedOrigins} />,
    },
    {
      id: 'methods',
      title: 'Methods',
      roomy: true,
      cell: ({ allowedMethods }) => <Words words={allowedMethods} />,
    },
    {
      id: 'headers',
      title: 'Headers',
      roomy: true,
      cell: ({ allowedHeaders }) => <Words words={allowedHeaders} />,
    },
    { id: 'mode', title: 'Mode', roomy: true, cell: ({ mode }) => <Mode mode={mode} /> },
    {
      id: 'actions',
      title: 'Actions',
      cell: (rule) => (
        <span className="row-actions">
          <Button
            appearance="subtle"
            aria-label={`Edit the rule for ${rule.resource}`}
            icon={<EditRegular />}
            onClick={() => onEdit(rule)}
          />
          <Button
            appearance="subtle"
            aria-label={`Delete the rule for ${rule.resource}`}
            icon={<DeleteRegular />}
            onClick={() => onDelete(rule)}
          />
        </span>
      ),
    },
  ]
}

function Mode({ mode }: { readonly mode: CorsRule['mode'] | undefined }) {
  if (mode !== 'dryRun') return <>Enforced</>
  return (
    <Badge appearance="tint" color="warning" shape="rounded">
      Dry run
    </Badge>
  )
}

// What does not fit is in the blade.
const wordsMax = 3

function Words({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return <span className="soft">only the simple ones</span>
  if (words.includes('*')) return <>any</>
  const rest = words.length - wordsMax
  return (
    <span className="url">
      {words.slice(0, wordsMax).join(', ')}
      {rest > 0 && <span className="soft"> and {rest} more</span>}
    </span>
  )
}
