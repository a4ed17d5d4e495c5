import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query'
import { listApi, readApi } from './client.ts'
import { ApiProblem, unreachable } from './problem.ts'

// Whoever comes back to the window sees what is so; who goes through pages is not kept waiting.
const freshMs = 5_000
const attempts = 2

/** The cache of everything that was read. Only what did not get through, or a busy server, is asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failures, problem) => failures < attempts && isPassing(problem),
      },
    },
  })
}

function isPassing(problem: Error): boolean {
  if (!(problem instanceof ApiProblem)) return false
  return problem.status === unreachable || problem.status === 429 || problem.status >= 502
}

/** One resource, for useQuery. */
export function resource<Resource>(path: string) {
  return queryOptions({
    queryKey: ['resource', path],
    queryFn: ({ signal }) => readApi<Resource>(path, signal),
    placeholderData: keepPreviousData,
  })
}

/** A whole collection, for useQuery. */
export function collection<Resource>(path: string) {
  return queryOptions({
    queryKey: ['collection', path],
    queryFn: ({ signal }) => listApi<Resource>(path, signal),
    placeholderData: keepPreviousData,
  })
}
