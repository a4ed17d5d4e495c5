import { Button, Radio, RadioGroup } from '@fluentui/react-components'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { problemWithin } from '../api/problem.ts'
import type { Person } from '../api/types.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { TextField } from '../parts/fields.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { useUnsaved } from '../parts/unsaved.ts'
import { HandOver } from './hand-over.tsx'
import { type NewPerson, personCreation, unknownPassword } from './new-person.ts'
import { passChange } from './people.ts'

const nothingYet: NewPerson = {
  displayName: '',
  userPrincipalName: '',
  mail: '',
  way: 'invitation',
  password: '',
}

// Over a weekend, and once.
const invitationMinutes = 72 * 60
const shown = ['displayName', 'userPrincipalName', 'mail', 'passwordProfile']

interface Made {
  readonly person: Person
  /** Undefined where a password was lent. */
  readonly pass: string | undefined
}

/** Somebody new, invited with a pass or lent a password. */
export function NewPersonPage() {
  const [made, setMade] = useState<Made | undefined>(undefined)
  const navigate = useNavigate()
  const done = (result: Made): void => {
    if (result.pass === undefined)
      void navigate({ to: '/people/$id', params: { id: result.person.id } })
    else setMade(result)
  }
  return (
    <Page
      title={made ? `Invite ${made.person.displayName}` : 'New person'}
      above={[{ path: '/people', label: 'People' }]}
    >
      {made?.pass !== undefined ? (
        <Section title="Give this to them" lead="The pass is shown this once.">
          <HandOver person={made.person} pass={made.pass} hours={invitationMinutes / 60} />
          <div>
            <LinkButton to="/people/$id" params={{ id: made.person.id }}>
              Done
            </LinkButton>
          </div>
        </Section>
      ) : (
        <NewPersonForm onMade={done} />
      )}
    </Page>
  )
}

function NewPersonForm({ onMade }: { readonly onMade: (made: Made) => void }) {
  const [form, setForm] = useState(nothingYet)
  const [person, setPerson] = useState<Person | undefined>(undefined)
  const { send, isSending, problem } = useChange()
  const unsaved = useUnsaved(form)
  const set = (part: Partial<NewPerson>): void => setForm({ ...form, ...part })
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // Whoever was made already only lacks the pass.
    const answer = person ?? (await send(personCreation(form, unknownPassword)))?.value
    if (!answer) return
    const made = answer as Person
    setPerson(made)
    unsaved.settle()
    if (form.way === 'password') return onMade({ person: made, pass: undefined })
    const passed = await send(passChange(made, invitationMinutes, true))
    if (!passed) return
    const { temporaryAccessPass } = passed.value as { temporaryAccessPass: string }
    onMade({ person: made, pass: temporaryAccessPass })
  }
  const problemAt = (path: string) => problemWithin(problem, path)
  return (
    <form onSubmit={submit} className="sections" noValidate {...unsaved.watch}>
      <ProblemBar problem={problem} shown={shown} />
      <Who form={form} set={set} problemAt={problemAt} />
      <FirstTime form={form} set={set} problemAt={problemAt} />
      <div className="section-actions">
        <Button type="submit" appearance="primary" disabled={isSending}>
          {isSending ? 'Creating …' : 'Create'}
        </Button>
        <LinkButton to="/people">Cancel</LinkButton>
        <AsCode changes={[personCreation(form, () => '{a password that nobody knows}')]} />
      </div>
    </form>
  )
}

interface PartProps {
  readonly form: NewPerson
  readonly set: (part: Partial<NewPerson>) => void
  readonly problemAt: (path: string) => string | undefined
}

function Who({ form, set, problemAt }: PartProps) {
  return (
    <Section title="Who">
      <div className="field-pair">
        <TextField
          label="Name"
          required
          autoFocus
          value={form.displayName}
          onChange={(displayName) => set({ displayName })}
          problem={problemAt('displayName')}
        />
        <TextField
          label="User name"
          required
          placeholder="ann@contoso.com"
          hint="What they sign in with; need not be a mail address."
          value={form.userPrincipalName}
          onChange={(userPrincipalName) => set({ userPrincipalName })}
          problem={problemAt('userPrincipalName')}
        />
        <TextField
          label="Mail"
          value={form.mail}
          onChange={(mail) => set({ mail })}
          problem={problemAt('mail')}
        />
      </div>
    </Section>
  )
}

function FirstTime({ form, set, problemAt }: PartProps) {
  return (
    <Section title="How they come in the first time">
      <RadioGroup
        aria-label="How they come in the first time"
        value={form.way}
        onChange={(_event, { value }) => set({ way: value as NewPerson['way'] })}
      >
        <Radio
          value="invitation"
          label="By a pass that you give to them: they sign in with it once, and set up a passkey or a password of their own"
        />
        <Radio
          value="password"
          label="By a password that you lend: they have to choose another one at once"
        />
      </RadioGroup>
      {form.way === 'password' && (
        <TextField
          label="Password"
          required
          hint="Twelve characters or more, not made of common words or of their name."
          value={form.password}
          onChange={(password) => set({ password })}
          problem={problemAt('passwordProfile')}
        />
      )}
    </Section>
  )
}
