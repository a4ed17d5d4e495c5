import { Button } from '@fluentui/react-components'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { askApi } from '../api/client.ts'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { type Applied, AppliedBar } from './applied-bar.tsx'
import { CallResult } from './call-result.tsx'
import { Exchanges } from './exchanges.tsx'
import { Inputs } from './inputs.tsx'
import { type ExamineBody, type ExplainBody, questionOf, shareable } from './question.ts'
import { QuestionForm } from './question-form.tsx'
import { RequestQuestion } from './request-question.tsx'
import type { DoctorSearch } from './search.ts'
import type { Examination, Explanation, Option, Probe } from './types.ts'
import { VisitResult } from './visit-result.tsx'
import './doctor.css'

const route = getRouteApi('/doctor')

/** Why does this call fail, and what is the least that cures it? */
export function DoctorPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/doctor' })
  const [applied, setApplied] = useState<Applied | undefined>(undefined)
  const ask = (question: DoctorSearch, replace = false): void => {
    setApplied(undefined)
    void navigate({ search: shareable(question), replace })
  }
  const onApplied = (option: Option, revisionId: string | undefined): void => {
    setApplied({ title: option.title, revisionId, before: search })
    void navigate({ search: retried(search, option), replace: true })
  }
  return (
    <Page
      title="Doctor"
      lead="Why does a call fail, and what is the least that cures it? The edge’s own decisions and the browser’s rules are asked; nothing is sent unless you say so."
    >
      <div className="sections">
        <Section
          title="What fails?"
          lead="Two addresses are enough. A console message, a recording of the browser or a request id fill them in."
        >
          <Inputs onRead={(question) => ask(question)} />
          {search.request !== undefined && (
            <RequestQuestion id={search.request} onFound={(found) => ask(found, true)} />
          )}
          <QuestionForm
            key={JSON.stringify(search)}
            question={search}
            onAsk={(question) => ask(question)}
          />
        </Section>
        {applied && (
          <AppliedBar
            applied={applied}
            onUndone={() => {
              setApplied(undefined)
              void navigate({ search: applied.before, replace: true })
            }}
          />
        )}
        <Answer search={search} onApplied={onApplied} />
      </div>
    </Page>
  )
}

/** What the call is once the option is in force. */
function retried(search: DoctorSearch, { retry }: Option): DoctorSearch {
  return {
    ...search,
    ...(retry?.pageUrl !== undefined && { page: retry.pageUrl }),
    ...(retry?.targetUrl !== undefined && { target: retry.targetUrl }),
    ...(retry?.credentials !== undefined && { credentials: retry.credentials }),
    ...(retry?.mode !== undefined && { mode: retry.mode }),
  }
}

interface AnswerProps {
  readonly search: DoctorSearch
  readonly onApplied: (option: Option, revisionId: string | undefined) => void
}

function Answer({ search, onApplied }: AnswerProps) {
  const question = questionOf(search)
  if (!question) return null
  return question.kind === 'visit' ? (
    <Visit body={question.body} />
  ) : (
    <Call key={JSON.stringify(question.body)} body={question.body} onApplied={onApplied} />
  )
}

function Visit({ body }: { readonly body: ExplainBody }) {
  const explanation = useQuery({
    queryKey: ['explain', body],
    queryFn: () => askApi<Explanation>('/doctor/explain', body),
  })
  return (
    <Loaded query={explanation} what="explanation">
      {(found) => <VisitResult explanation={found} person={body.request.userPrincipalName} />}
    </Loaded>
  )
}

interface CallProps {
  readonly body: ExamineBody
  readonly onApplied: AnswerProps['onApplied']
}

function Call({ body, onApplied }: CallProps) {
  const examination = useQuery({
    queryKey: ['examine', body],
    queryFn: () => askApi<Examination>('/doctor/examine', body),
  })
  const probe = useMutation({ mutationFn: () => askApi<Probe>('/doctor/probe', body) })
  return (
    <>
      <div className="doctor-probe">
        <Button icon={<PlayRegular />} disabled={probe.isPending} onClick={() => probe.mutate()}>
          {probe.isPending ? 'Asking …' : 'Ask for real'}
        </Button>
        <span className="soft">
          Sends the call with nobody signed in, as far as it changes nothing, and judges what really
          comes.
        </span>
      </div>
      <ProblemBar problem={probe.error} />
      <Loaded query={examination} what="examination">
        {(found) => (
          <CallResult
            examination={probe.data ?? found}
            onApplied={(option, revisionId) => {
              // What came before the change says nothing about what comes now.
              probe.reset()
              onApplied(option, revisionId)
            }}
          />
        )}
      </Loaded>
      {probe.data && <Exchanges probe={probe.data} />}
    </>
  )
}
