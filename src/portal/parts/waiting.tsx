import { Skeleton, SkeletonItem, Spinner } from '@fluentui/react-components'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { ProblemBar } from './problem-bar.tsx'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  /** What is awaited, for a slow answer: `applications`. */
  readonly what: string
  readonly children: (data: Data) => ReactNode
}

/** The data of a query, or what stands in its place: a skeleton, then an explanation, or the problem. */
export function Loaded<Data>({ query, what, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ProblemBar problem={query.error} onRetry={() => query.refetch()} />
  return <Waiting what={what} />
}

// Longer than this, and grey bars say less than a sentence.
const skeletonMs = 1_000

/** Grey bars for a second, then a sentence. */
export function Waiting({ what }: { readonly what: string }) {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), skeletonMs)
    return () => clearTimeout(timer)
  }, [])
  if (slow) {
    return (
      <Spinner
        className="waiting"
        label={`Still reading the ${what}. The server takes longer than usual.`}
      />
    )
  }
  return (
    <Skeleton className="waiting" aria-label={`Reading the ${what}`}>
      {['100%', '82%', '91%'].map((width) => (
        <SkeletonItem key={width} size={24} style={{ width }} />
      ))}
    </Skeleton>
  )
}
