import { useInfiniteQuery } from '@tanstack/react-query'
import { ownPath, readApi } from '../api/client.ts'

interface Page<Item> {
  readonly value: readonly Item[]
  readonly '@odata.nextLink'?: string
}

/** What a log has, page by page: as much as somebody asked for. */
export interface Pages<Item> {
  /** Undefined until the first page is there. */
  readonly items: readonly Item[] | undefined
  readonly problem: unknown
  readonly hasMore: boolean
  readonly isReading: boolean
  readonly readMore: () => void
  readonly refresh: () => void
}

/** Reads a long list page by page. */
export function usePages<Item>(path: string): Pages<Item> {
  const query = useInfiniteQuery({
    queryKey: ['pages', path],
    queryFn: ({ pageParam, signal }) => readApi<Page<Item>>(pageParam, signal),
    initialPageParam: path,
    getNextPageParam: (page) => ownPath(page['@odata.nextLink']),
  })
  return {
    items: query.data?.pages.flatMap(({ value }) => value),
    problem: query.error,
    hasMore: query.hasNextPage,
    isReading: query.isFetching,
    readMore: () => void query.fetchNextPage(),
    refresh: () => void query.refetch(),
  }
}
