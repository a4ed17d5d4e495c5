import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Application, Segment } from '../api/types.ts'
import { changedFields } from '../parts/changed-fields.ts'
import { TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { segmentsPath } from './changes.ts'
import { segmentsPart } from './documents.ts'
import { ResponseHeaders } from './response-headers.tsx'
import type { TabProps } from './tab-props.ts'

interface SegmentBladeProps extends TabProps {
  /** Undefined: a new one. */
  readonly segment: Segment | undefined
  readonly onClose: () => void
}

type SegmentFields = Required<
  Pick<Segment, 'externalUrl' | 'internalUrl' | 'alternateUrl' | 'responseHeaderRules'>
>

const shown = ['externalUrl', 'internalUrl', 'alternateUrl', 'responseHeaderRules']

/** One segment, new or as it is. */
export function SegmentBlade({ application, segment, onClose }: SegmentBladeProps) {
  const saved: SegmentFields = {
    externalUrl: segment?.externalUrl ?? '',
    internalUrl: segment?.internalUrl ?? '',
    alternateUrl: segment?.alternateUrl ?? '',
    responseHeaderRules: segment?.responseHeaderRules ?? [],
  }
  const [fields, setFields] = useState(saved)
  const change = changeOf(application, segment, fields, changedFields(fields, saved))
  const set = (part: Partial<SegmentFields>): void => setFields({ ...fields, ...part })
  return (
    <FormBlade
      title={segment ? 'Segment' : 'New segment'}
      changes={[change]}
      shown={shown}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <TextField
            label="External URL"
            type="url"
            required
            hint="What browsers ask for. Any path below it is included."
            value={fields.externalUrl}
            onChange={(externalUrl) => set({ externalUrl })}
            problem={problem('externalUrl')}
          />
          <TextField
            label="Internal URL"
            type="url"
            required
            hint="Any host, port and path inside the network."
            value={fields.internalUrl}
            onChange={(internalUrl) => set({ internalUrl })}
            problem={problem('internalUrl')}
          />
          <TextField
            label="Alternate URL"
            type="url"
            hint="A second external address, served like the first."
            value={fields.alternateUrl}
            onChange={(alternateUrl) => set({ alternateUrl })}
            problem={problem('alternateUrl')}
          />
          <ResponseHeaders
            rules={fields.responseHeaderRules}
            onChange={(responseHeaderRules) => set({ responseHeaderRules })}
            problem={problem}
          />
        </>
      )}
    </FormBlade>
  )
}

function changeOf(
  application: Application,
  segment: Segment | undefined,
  fields: SegmentFields,
  changed: Partial<SegmentFields>,
): Change {
  const path = segmentsPath(application.id)
  const document = segmentsPart(application, (segments) =>
    segment
      ? segments.map((each) => (each.id === segment.id ? { ...each, ...fields } : each))
      : [...segments, fields],
  )
  const { externalUrl } = fields
  if (!segment) {
    const summary = `Added the segment ${externalUrl}`
    return { method: 'POST', path, body: fields, document, summary }
  }
  const summary = `Saved the segment ${externalUrl}`
  return { method: 'PATCH', path: `${path}/${segment.id}`, body: changed, document, summary }
}
