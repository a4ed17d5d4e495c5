import { Button, Field, Input, Tab, TabList, Textarea } from '@fluentui/react-components'
import { type DragEvent, type FormEvent, useState } from 'react'
import { type HarCall, HarProblem, harMaxBytes, readHar } from './read-har.ts'
import { readMessage } from './read-message.ts'
import type { DoctorSearch } from './search.ts'

interface InputsProps {
  readonly onRead: (question: DoctorSearch) => void
}

const ways = [
  ['addresses', 'Addresses'],
  ['message', 'Console message'],
  ['har', 'HAR file'],
  ['request', 'Request id'],
] as const
type Way = (typeof ways)[number][0]

/** Other ways to say which call is meant; each fills in the addresses. */
export function Inputs({ onRead }: InputsProps) {
  const [way, setWay] = useState<Way>('addresses')
  const read = (question: DoctorSearch): void => {
    setWay('addresses')
    onRead(question)
  }
  return (
    <div className="doctor-inputs">
      <TabList
        className="tabs"
        selectedValue={way}
        onTabSelect={(_event, { value }) => setWay(value as Way)}
        aria-label="How to say what fails"
      >
        {ways.map(([id, label]) => (
          <Tab key={id} value={id}>
            {label}
          </Tab>
        ))}
      </TabList>
      {way === 'message' && <MessageInput onRead={read} />}
      {way === 'har' && <HarInput onRead={read} />}
      {way === 'request' && <RequestInput onRead={read} />}
    </div>
  )
}

function MessageInput({ onRead }: InputsProps) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const read = (event: FormEvent): void => {
    event.preventDefault()
    const question = readMessage(text)
    const isRead = question.target !== undefined || question.page !== undefined
    if (isRead) onRead(question)
    else setProblem('No address is in this message. Copy all of it, or fill in the addresses.')
  }
  return (
    <form className="doctor-input" onSubmit={read}>
      <Field
        label="What the browser’s console says"
        hint="Chrome, Edge, Firefox or Safari. It is read here and not sent anywhere."
        {...(problem !== undefined && { validationMessage: problem })}
      >
        <Textarea
          rows={3}
          spellCheck={false}
          placeholder="Access to fetch at 'https://…' from origin 'https://…' has been blocked by CORS policy: …"
          value={text}
          onChange={(_event, { value }) => setText(value)}
        />
      </Field>
      <Button type="submit" disabled={text.trim() === ''}>
        Read it
      </Button>
    </form>
  )
}

function RequestInput({ onRead }: InputsProps) {
  const [id, setId] = useState('')
  const read = (event: FormEvent): void => {
    event.preventDefault()
    if (id.trim() !== '') onRead({ request: id.trim() })
  }
  return (
    <form className="doctor-input" onSubmit={read}>
      <Field label="Request id" hint="On every error page, and in the answer’s X-Request-Id.">
        <Input
          spellCheck={false}
          autoComplete="off"
          value={id}
          onChange={(_event, { value }) => setId(value)}
        />
      </Field>
      <Button type="submit" disabled={id.trim() === ''}>
        Look it up
      </Button>
    </form>
  )
}

function HarInput({ onRead }: InputsProps) {
  const [calls, setCalls] = useState<readonly HarCall[] | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [isOver, setIsOver] = useState(false)
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return
    setCalls(undefined)
    setProblem(undefined)
    try {
      setCalls(await callsIn(file))
    } catch (error) {
      if (!(error instanceof HarProblem)) throw error
      setProblem(error.message)
    }
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    // A browser leaves the page for a file that is dropped beside its place.
    // biome-ignore lint/a11y/noStaticElementInteractions: the field inside does the same by keyboard.
    <div
      className="doctor-input"
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <label className="doctor-drop-label">
        A recording of the browser’s network tools (.har)
        <input
          type="file"
          accept=".har,application/json"
          className={isOver ? 'doctor-drop doctor-drop-over' : 'doctor-drop'}
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      <p className="soft">
        Drop it here. It is read in this page and not sent anywhere: only addresses, methods and
        names of headers are looked at. At most 10 MB.
      </p>
      {problem !== undefined && <p role="alert">{problem}</p>}
      {calls && <HarCalls calls={calls} onRead={onRead} />}
    </div>
  )
}

async function callsIn(file: File): Promise<readonly HarCall[]> {
  if (file.size > harMaxBytes) {
    throw new HarProblem('The file is larger than 10 MB. Record only the call that fails.')
  }
  return readHar(await file.text())
}

interface HarCallsProps extends InputsProps {
  readonly calls: readonly HarCall[]
}

function HarCalls({ calls, onRead }: HarCallsProps) {
  if (calls.length === 0) {
    return <p role="status">No call of another origin fails in this recording.</p>
  }
  return (
    <ul className="doctor-calls" aria-label="Calls that failed">
      {calls.map(({ page, target, method, headers, type, status, count }) => (
        <li key={`${page} ${target} ${method} ${headers}`}>
          <Button
            appearance="subtle"
            className="doctor-call"
            onClick={() =>
              onRead({
                page,
                target,
                method,
                ...(headers !== '' && { headers }),
                ...(type !== undefined && { type }),
              })
            }
          >
            <span>
              <strong>{method}</strong> {target}
              <span className="soft">
                {' '}
                from {page}, {status === 0 ? 'kept from the page' : `status ${status}`}
                {count > 1 && `, ${count} times`}
              </span>
            </span>
          </Button>
        </li>
      ))}
    </ul>
  )
}
