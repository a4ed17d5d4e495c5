import { Button, Checkbox } from '@fluentui/react-components'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Application, CorsRule } from '../api/types.ts'
import { changedFields } from '../parts/changed-fields.ts'
import { LinesField, SwitchField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { rulesPath } from './changes.ts'
import { rulesPart } from './documents.ts'

interface RuleBladeProps {
  readonly application: Application
  /** Whose rule it is; undefined: the application's own. */
  readonly segmentId: string | undefined
  /** Undefined: a new one. */
  readonly rule: CorsRule | undefined
  /** Origins that are likely to call. */
  readonly callers: readonly string[]
  /** What is called. */
  readonly target: string
  readonly onClose: () => void
}

type RuleFields = Required<Omit<CorsRule, 'id'>>

const shown = [
  'resource',
  'allowedOrigins',
  'allowedMethods',
  'allowedHeaders',
  'exposedHeaders',
  'maxAgeInSeconds',
]

/** One CORS rule, new or as it is. */
export function RuleBlade(props: RuleBladeProps) {
  const { application, segmentId, rule, callers, target, onClose } = props
  const saved = fieldsOf(rule)
  const [fields, setFields] = useState(saved)
  const change = {
    ...changeOf(rulesPath(application.id, segmentId), rule, fields, changedFields(fields, saved)),
    document: rulesPart(application, segmentId, (rules) =>
      rule
        ? rules.map((each) => (each.id === rule.id ? { ...each, ...fields } : each))
        : [...rules, fields],
    ),
  }
  const set = (part: Partial<RuleFields>): void => setFields({ ...fields, ...part })
  return (
    <FormBlade
      title={rule ? 'CORS rule' : 'New CORS rule'}
      changes={[change]}
      shown={shown}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p className="soft url">For calls to {target}</p>
          <RuleInputs fields={fields} set={set} at={problem} callers={callers} />
        </>
      )}
    </FormBlade>
  )
}

interface RuleInputsProps {
  readonly fields: RuleFields
  readonly set: (part: Partial<RuleFields>) => void
  /** What the API has against a field. */
  readonly at: (path: string) => string | undefined
  readonly callers: readonly string[]
}

function RuleInputs({ fields, set, at, callers }: RuleInputsProps) {
  const missing = callers.filter((origin) => !fields.allowedOrigins.includes(origin))
  return (
    <>
      <TextField
        label="Path"
        hint="The rule counts below it; / is everything. The longest path decides."
        value={fields.resource}
        onChange={(resource) => set({ resource })}
        problem={at('resource')}
      />
      <LinesField
        label="Pages that may call"
        hint="One origin on each line, such as https://shop.contoso.com. A star for one label: https://*.contoso.com"
        placeholder="https://shop.contoso.com"
        value={fields.allowedOrigins}
        onChange={(allowedOrigins) => set({ allowedOrigins })}
        problem={at('allowedOrigins')}
      />
      <Offers
        origins={missing}
        onTake={(origin) => set({ allowedOrigins: [...fields.allowedOrigins, origin] })}
      />
      <Methods
        methods={fields.allowedMethods}
        onChange={(allowedMethods) => set({ allowedMethods })}
        problem={at('allowedMethods')}
      />
      <LinesField
        label="Headers they may send"
        hint="One on each line; x-ms-* is a prefix, * any. Simple ones need no entry."
        placeholder="content-type"
        value={fields.allowedHeaders}
        onChange={(allowedHeaders) => set({ allowedHeaders })}
        problem={at('allowedHeaders')}
      />
      <LinesField
        label="Headers of the answer they may read"
        hint="Beyond the simple ones, such as x-total-count."
        value={fields.exposedHeaders}
        onChange={(exposedHeaders) => set({ exposedHeaders })}
        problem={at('exposedHeaders')}
      />
      <TextField
        label="Browsers may keep the permission for (seconds)"
        type="number"
        hint="0: they ask before every call. Chromium keeps it for 7200 at most."
        value={String(fields.maxAgeInSeconds)}
        onChange={(seconds) => set({ maxAgeInSeconds: Number(seconds) || 0 })}
        problem={at('maxAgeInSeconds')}
      />
      <SwitchField
        label="With the person’s session"
        hint="Off: calls are answered, but without cookies nobody is signed in."
        checked={fields.allowCredentials}
        onChange={(allowCredentials) => set({ allowCredentials })}
      />
      <SwitchField
        label="Dry run"
        hint="Browsers see no difference; what the rule would have refused is counted under Overview."
        checked={fields.mode === 'dryRun'}
        onChange={(on) => set({ mode: on ? 'dryRun' : 'enforce' })}
      />
    </>
  )
}

interface OffersProps {
  readonly origins: readonly string[]
  readonly onTake: (origin: string) => void
}

/** Origins that are likely to call, one click away. */
function Offers({ origins, onTake }: OffersProps) {
  if (origins.length === 0) return null
  return (
    <div className="offers">
      <span className="soft">Other segments:</span>
      {origins.map((origin) => (
        <Button key={origin} size="small" onClick={() => onTake(origin)}>
          {origin}
        </Button>
      ))}
    </div>
  )
}

const usualMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

interface MethodsProps {
  readonly methods: readonly string[]
  readonly onChange: (methods: readonly string[]) => void
  readonly problem: string | undefined
}

/** The methods that a rule allows. */
export function Methods({ methods, onChange, problem }: MethodsProps) {
  const any = methods.includes('*')
  const others = methods.filter((method) => method !== '*' && !usualMethods.includes(method))
  const toggle = (method: string, on: boolean): void =>
    onChange(on ? [...methods, method] : methods.filter((each) => each !== method))
  return (
    // A Field would give all of them its one id, and each label would be that of the first.
    <fieldset className="rows">
      <legend className="rows-title">Methods</legend>
      <div className="checks">
        <Checkbox
          label="Any"
          checked={any}
          onChange={(_event, { checked }) => onChange(checked ? ['*'] : [])}
        />
        {[...usualMethods, ...others].map((method) => (
          <Checkbox
            key={method}
            label={method}
            disabled={any}
            checked={any || methods.includes(method)}
            onChange={(_event, { checked }) => toggle(method, checked === true)}
          />
        ))}
      </div>
      <span className="soft">
        GET, HEAD and POST need no entry where the rest of the call is simple.
      </span>
      {problem !== undefined && <p className="row-problem">{problem}</p>}
    </fieldset>
  )
}

function fieldsOf(rule: CorsRule | undefined): RuleFields {
  return {
    resource: rule?.resource ?? '/',
    allowedOrigins: rule?.allowedOrigins ?? [],
    allowedMethods: rule?.allowedMethods ?? ['GET', 'POST'],
    allowedHeaders: rule?.allowedHeaders ?? ['content-type'],
    exposedHeaders: rule?.exposedHeaders ?? [],
    maxAgeInSeconds: rule?.maxAgeInSeconds ?? 600,
    allowCredentials: rule?.allowCredentials ?? true,
    mode: rule?.mode ?? 'enforce',
  }
}

function changeOf(
  path: string,
  rule: CorsRule | undefined,
  fields: RuleFields,
  changed: Partial<RuleFields>,
): Change {
  if (!rule)
    return {
      method: 'POST',
      path,
      body: fields,
      summary: `Added a CORS rule for ${fields.resource}`,
    }
  const summary = `Saved the CORS rule for ${fields.resource}`
  return { method: 'PATCH', path: `${path}/${rule.id}`, body: changed, summary }
}
