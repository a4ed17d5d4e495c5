import { Tab, TabList } from '@fluentui/react-components'
import { useState } from 'react'
import { Copyable } from '../parts/copyable.tsx'
import { type Installation, installations } from './install.ts'

/** The ways to start the connector, each as something to paste. */
export function InstallTabs({ token }: { readonly token: string }) {
  const all = installations(token)
  const [chosen, setChosen] = useState<Installation['id']>('terminal')
  const way = all.find(({ id }) => id === chosen)
  return (
    <>
      <TabList
        selectedValue={chosen}
        onTabSelect={(_event, { value }) => setChosen(value as Installation['id'])}
      >
        {all.map(({ id, label }) => (
          <Tab key={id} value={id}>
            {label}
          </Tab>
        ))}
      </TabList>
      {way && (
        <>
          <p>{way.explanation}</p>
          <Copyable text={way.commands} label="Command for the connector" />
        </>
      )}
    </>
  )
}
