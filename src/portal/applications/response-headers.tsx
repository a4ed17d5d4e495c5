import { Button, Input, Select } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import type { ResponseHeaderRule } from '../api/types.ts'

interface ResponseHeadersProps {
  readonly rules: readonly ResponseHeaderRule[]
  readonly onChange: (rules: readonly ResponseHeaderRule[]) => void
  readonly problem: (path: string) => string | undefined
}

/** Response headers that are added, set or removed without a change to the application. */
export function ResponseHeaders({ rules, onChange, problem }: ResponseHeadersProps) {
  const change = (at: number, part: Partial<ResponseHeaderRule>): void =>
    onChange(rules.map((rule, index) => (index === at ? merged(rule, part) : rule)))
  return (
    <fieldset className="rows">
      <legend className="rows-title">Response headers</legend>
      {rules.map((rule, index) => (
        // Rules have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        <div className="header-row" key={index}>
          <Select
            aria-label={`What header rule ${index + 1} does`}
            value={rule.action}
            onChange={(_event, { value }) =>
              change(index, { action: value as ResponseHeaderRule['action'] })
            }
          >
            <option value="set">Set</option>
            <option value="add">Add</option>
            <option value="remove">Remove</option>
          </Select>
          <Input
            aria-label={`Header of rule ${index + 1}`}
            placeholder="X-Frame-Options"
            value={rule.name}
            onChange={(_event, { value }) => change(index, { name: value })}
          />
          <Input
            aria-label={`Value of rule ${index + 1}`}
            placeholder="DENY"
            disabled={rule.action === 'remove'}
            value={rule.value ?? ''}
            onChange={(_event, { value }) => change(index, { value })}
          />
          <Button
            appearance="subtle"
            aria-label={`Remove rule ${index + 1}`}
            icon={<DeleteRegular />}
            onClick={() => onChange(rules.filter((_, other) => other !== index))}
          />
          {problem(`responseHeaderRules/${index}`) !== undefined && (
            <p className="row-problem" role="alert">
              {problem(`responseHeaderRules/${index}`)}
            </p>
          )}
        </div>
      ))}
      <div>
        <Button
          icon={<AddRegular />}
          onClick={() => onChange([...rules, { action: 'set', name: '', value: '' }])}
        >
          Add a header
        </Button>
      </div>
    </fieldset>
  )
}

function merged(rule: ResponseHeaderRule, part: Partial<ResponseHeaderRule>): ResponseHeaderRule {
  const { action, name, value = '' } = { ...rule, ...part }
  return action === 'remove' ? { action, name } : { action, name, value }
}
