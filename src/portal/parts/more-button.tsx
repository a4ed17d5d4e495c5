import { Button } from '@fluentui/react-components'
import type { Pages } from './pages.ts'

/** Below a long list: how much of it is shown, and the next page. */
export function MoreButton({ pages }: { readonly pages: Pages<unknown> }) {
  const count = pages.items?.length ?? 0
  return (
    <div className="more">
      <span className="soft">{countText(count, pages.hasMore)}</span>
      {pages.hasMore && (
        <Button disabled={pages.isReading} onClick={pages.readMore}>
          {pages.isReading ? 'Reading …' : 'Show more'}
        </Button>
      )}
    </div>
  )
}

function countText(count: number, hasMore: boolean): string {
  if (hasMore) return `The latest ${count}; there are more`
  if (count === 0) return ''
  return count === 1 ? 'One entry' : `All ${count} entries`
}
