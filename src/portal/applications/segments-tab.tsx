import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { OrganizationRegular } from '@fluentui/react-icons/svg/organization'
import { useState } from 'react'
import type { Publishing, Segment } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { useDraft } from '../parts/draft.ts'
import { Empty } from '../parts/empty.tsx'
import { ChoiceField, SwitchField } from '../parts/fields.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Section } from '../parts/section.tsx'
import { publishingChange, segmentsPath } from './changes.ts'
import { segmentsOf } from './facts.ts'
import { SegmentBlade } from './segment-blade.tsx'
import type { TabProps } from './tab-props.ts'

type Doing =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'delete'; readonly segment: Segment }

/** The external/internal pairs of a complex application, and whether they may call each other. */
export function SegmentsTab({ application }: TabProps) {
  const [doing, setDoing] = useState<Doing | undefined>(undefined)
  const segments = segmentsOf(application.onPremisesPublishing)
  const close = (): void => setDoing(undefined)
  const addButton = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setDoing({ what: 'add' })}>
      Add a segment
    </Button>
  )
  return (
    <div className="sections">
      {segments.length === 0 ? (
        <Empty icon={OrganizationRegular} title="No segments" action={addButton}>
          A complex application is made of several addresses behind one sign-in. Its own external
          URL is a wildcard such as https://*.contoso.com/, or there is none.
        </Empty>
      ) : (
        <Section
          title="Segments"
          lead="Only these addresses are reachable. One sign-in opens all of them."
          actions={addButton}
        >
          <List
            label="Segments"
            items={segments}
            columns={columns(setDoing)}
            idOf={({ externalUrl }) => externalUrl}
          />
        </Section>
      )}
      {application.onPremisesPublishing && (
        <Together application={application} publishing={application.onPremisesPublishing} />
      )}
      {(doing?.what === 'add' || doing?.what === 'edit') && (
        <SegmentBlade
          application={application}
          segment={doing.what === 'edit' ? doing.segment : undefined}
          onClose={close}
        />
      )}
      {doing?.what === 'delete' && (
        <DeleteSegment
          application={application}
          segment={doing.segment}
          isLast={segments.length === 1}
          onClose={close}
        />
      )}
    </div>
  )
}

function columns(setDoing: (doing: Doing) => void): readonly Column<Segment>[] {
  return [
    {
      id: 'external',
      title: 'External URL',
      grow: 2,
      cell: ({ externalUrl }) => <span className="url">{externalUrl}</span>,
    },
    {
      id: 'internal',
      title: 'Internal URL',
      grow: 2,
      roomy: true,
      cell: ({ internalUrl }) => <span className="url">{internalUrl}</span>,
    },
    {
      id: 'rules',
      title: 'CORS rules',
      roomy: true,
      grow: 0.5,
      cell: ({ corsConfigurations = [] }) => corsConfigurations.length,
    },
    {
      id: 'actions',
      title: 'Actions',
      grow: 0.5,
      cell: (segment) => (
        <span className="row-actions">
          <Button
            appearance="subtle"
            aria-label={`Edit ${segment.externalUrl}`}
            icon={<EditRegular />}
            onClick={() => setDoing({ what: 'edit', segment })}
          />
          <Button
            appearance="subtle"
            aria-label={`Delete ${segment.externalUrl}`}
            icon={<DeleteRegular />}
            onClick={() => setDoing({ what: 'delete', segment })}
          />
        </span>
      ),
    },
  ]
}

function Together({ application, publishing }: TabProps & { readonly publishing: Publishing }) {
  const { allowSiblingSegments, whenNoSegments } = publishing
  const draft = useDraft({ allowSiblingSegments, whenNoSegments })
  return (
    <ChangeForm
      draft={draft}
      changes={draft.isDirty ? [publishingChange(application, draft.changed)] : []}
      etag={() => application['@odata.etag']}
      shown={['allowSiblingSegments', 'whenNoSegments']}
    >
      {(problem) => (
        <Section title="Together">
          <SwitchField
            label="Segments may call each other"
            hint="Pages of each segment may call all others, with no rule to be written. Rules come on top."
            checked={draft.value.allowSiblingSegments}
            onChange={(on) => draft.set('allowSiblingSegments', on)}
            problem={problem('allowSiblingSegments')}
          />
          <ChoiceField
            label="When the last segment is deleted"
            hint="A wildcard application publishes everything below its domain."
            value={draft.value.whenNoSegments}
            choices={[
              ['wildcard', 'It becomes a wildcard application, as in the original'],
              ['closed', 'It publishes nothing'],
            ]}
            onChange={(when) => draft.set('whenNoSegments', when)}
            problem={problem('whenNoSegments')}
          />
        </Section>
      )}
    </ChangeForm>
  )
}

interface DeleteSegmentProps extends TabProps {
  readonly segment: Segment
  readonly isLast: boolean
  readonly onClose: () => void
}

function DeleteSegment({ application, segment, isLast, onClose }: DeleteSegmentProps) {
  const host = URL.parse(segment.externalUrl)?.hostname ?? segment.externalUrl
  const closed = application.onPremisesPublishing?.whenNoSegments === 'closed'
  return (
    <ConfirmByName
      title="Delete this segment?"
      name={host}
      change={{
        method: 'DELETE',
        path: `${segmentsPath(application.id)}/${segment.id}`,
        summary: `Deleted the segment ${host}`,
      }}
      onClose={onClose}
      onDone={onClose}
    >
      {segment.externalUrl} and its CORS rules go; people who are there now are cut off.
      {isLast && (
        <strong>
          {closed
            ? ' It is the last one: nothing of this application will be reachable.'
            : ' It is the last one: afterwards everything below the wildcard domain of this application is published.'}
        </strong>
      )}
    </ConfirmByName>
  )
}
