import { MessageBar, MessageBarBody } from '@fluentui/react-components'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { Section } from '../parts/section.tsx'
import { PlaceFields } from './place-fields.tsx'
import type { PolicyForm } from './policy-form.ts'
import type { PolicyPartProps } from './policy-part.ts'
import { ReachFields } from './reach-fields.tsx'

/** Paths whose problems stand beside fields. */
export const shownPaths: readonly string[] = [
  ...['displayName', 'state', 'conditions/users', 'conditions/applications'],
  ...['conditions/locations', 'conditions/platforms', 'conditions/clientAppTypes'],
  ...['grantControls', 'sessionControls/signInFrequency', 'sessionControls/persistentBrowser'],
]

/** Everything about a policy: whom it means, when, and what it asks for. */
export function PolicyFields(props: PolicyPartProps) {
  const { form, set, problem } = props
  return (
    <div className="sections">
      <Section title="Policy">
        <div className="field-pair">
          <TextField
            label="Name"
            required
            placeholder="A second factor outside the office"
            value={form.displayName}
            onChange={(displayName) => set({ displayName })}
            problem={problem('displayName')}
          />
          <ChoiceField
            label="State"
            hint="Report-only is evaluated and logged, and changes nothing."
            value={form.state}
            choices={[
              ['enabledForReportingButNotEnforced', 'Report-only'],
              ['enabled', 'On'],
              ['disabled', 'Off'],
            ]}
            onChange={(state) => set({ state })}
            problem={problem('state')}
          />
        </div>
      </Section>
      <ReachFields {...props} />
      <PlaceFields {...props} />
      <Demands {...props} />
      {locksOut(form) && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            This means everybody at every application, this portal among them. Leave somebody out
            for the day on which it keeps out everybody else.
          </MessageBarBody>
        </MessageBar>
      )}
    </div>
  )
}

function locksOut(form: PolicyForm): boolean {
  const leavesOut = [form.excludeUsers, form.excludeGroups, form.excludeRoles].flat().length > 0
  const isEverybody = form.people === 'all' && form.applications === 'all' && !leavesOut
  return form.state === 'enabled' && form.grant === 'block' && isEverybody
}

function Demands({ form, set, problem }: PolicyPartProps) {
  return (
    <Section title="Then">
      <div className="field-pair">
        <ChoiceField
          label="Access"
          value={form.grant}
          choices={[
            ['mfa', 'Needs a second factor'],
            ['block', 'Is blocked'],
            ['none', 'Is let in'],
          ]}
          onChange={(grant) => set({ grant })}
          problem={problem('grantControls')}
        />
        <ChoiceField
          label="Sign-in frequency"
          value={form.frequency}
          choices={[
            ['none', 'Says nothing'],
            ['everyTime', 'Every time: at most five minutes before'],
            ['hours', 'Every so many hours'],
            ['days', 'Every so many days'],
          ]}
          onChange={(frequency) => set({ frequency })}
          problem={problem('sessionControls/signInFrequency')}
        />
        {(form.frequency === 'hours' || form.frequency === 'days') && (
          <TextField
            label={form.frequency === 'hours' ? 'Hours' : 'Days'}
            type="number"
            value={String(form.frequencyValue)}
            onChange={(text) => set({ frequencyValue: Number(text) })}
            problem={problem('sessionControls/signInFrequency/value')}
          />
        )}
        <ChoiceField
          label="Session outlives the browser"
          hint="Needs all applications."
          value={form.persistence}
          choices={[
            ['none', 'As the application says'],
            ['always', 'Always'],
            ['never', 'Never'],
          ]}
          onChange={(persistence) => set({ persistence })}
          problem={problem('sessionControls/persistentBrowser')}
        />
      </div>
    </Section>
  )
}
