import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Group } from '../api/types.ts'
import { TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'

/** A group that has nobody in it yet. */
export function NewGroupBlade({ onClose }: { readonly onClose: () => void }) {
  const [displayName, setDisplayName] = useState('')
  const [description, setDescription] = useState('')
  const navigate = useNavigate()
  const body = { displayName, ...(description !== '' && { description }) }
  return (
    <FormBlade
      title="New group"
      action="Create"
      changes={[{ method: 'POST', path: '/groups', body, summary: `Created ${displayName}` }]}
      shown={['displayName', 'description']}
      onClose={onClose}
      onDone={({ value }) => navigate({ to: '/groups/$id', params: { id: (value as Group).id } })}
    >
      {(problem) => (
        <>
          <TextField
            label="Name"
            required
            value={displayName}
            onChange={setDisplayName}
            problem={problem('displayName')}
          />
          <TextField
            label="Description"
            value={description}
            onChange={setDescription}
            problem={problem('description')}
          />
        </>
      )}
    </FormBlade>
  )
}
