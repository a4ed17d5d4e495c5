import { Tab, TabList } from '@fluentui/react-components'
import type { ReactNode } from 'react'

interface UrlTabsProps<Id extends string> {
  readonly tabs: readonly (readonly [Id, string])[]
  readonly chosen: Id
  readonly onChoose: (id: Id) => void
  readonly children: ReactNode
}

/** What the window's title says of the chosen tab: nothing of the first one, which is the page itself. */
export function partOf<Id extends string>(
  [, ...later]: readonly (readonly [Id, string])[],
  chosen: Id,
): string | undefined {
  return later.find(([id]) => id === chosen)?.[1]
}

/** Tabs of a page, of which the chosen one stands in the URL. */
export function UrlTabs<Id extends string>({ tabs, chosen, onChoose, children }: UrlTabsProps<Id>) {
  return (
    <>
      <TabList
        className="tabs"
        selectedValue={chosen}
        onTabSelect={(_event, { value }) => onChoose(value as Id)}
      >
        {tabs.map(([id, label]) => (
          <Tab key={id} value={id} id={`tab-${id}`} aria-controls="tab-panel">
            {label}
          </Tab>
        ))}
      </TabList>
      <div
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${chosen}`}
        className="tab-panel sections"
      >
        {children}
      </div>
    </>
  )
}
