import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { askApi, type Change } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import type { ResourceChange } from '../api/types.ts'
import { SwitchField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { DiffList } from './diff-list.tsx'
import { revisionPath } from './revisions.ts'

interface RollBackBladeProps {
  readonly id: string
  readonly onClose: () => void
}

interface Trial {
  readonly changes: readonly ResourceChange[]
  readonly notices: readonly string[]
}

const conflict = 409

/** What taking the revision back would do, tried first; then the button that does it. */
export function RollBackBlade({ id, onClose }: RollBackBladeProps) {
  const [force, setForce] = useState(false)
  const path = `${revisionPath(id)}/rollBack`
  const trial = useQuery({
    queryKey: ['roll-back', id, force],
    queryFn: () => askApi<Trial>(path, { dryRun: true, force }),
    retry: false,
    gcTime: 0,
  })
  const change: Change = {
    method: 'POST',
    path,
    body: force ? { force } : {},
    summary: `Took back revision ${id}`,
  }
  const isBlocked = trial.error instanceof ApiProblem && trial.error.status === conflict
  const count = trial.data?.changes.length ?? 0
  return (
    <FormBlade
      title={`Take back revision ${id}`}
      size="large"
      action="Roll back"
      isPreview
      changes={count > 0 ? [change] : []}
      onClose={onClose}
    >
      {() => (
        <>
          {trial.isPending && <Waiting what="changes" />}
          {trial.error && <ProblemBar problem={trial.error} />}
          {(isBlocked || force) && (
            <SwitchField
              label="Later changes give way"
              hint="Fields get their values of before the revision, whoever changed them since."
              checked={force}
              onChange={setForce}
            />
          )}
          {trial.data && (
            <>
              <p>Nothing has been changed yet. This is what the roll-back does:</p>
              <DiffList diff={{ changes: trial.data.changes }} />
              {trial.data.notices.map((notice) => (
                <p key={notice}>{notice}</p>
              ))}
            </>
          )}
        </>
      )}
    </FormBlade>
  )
}
