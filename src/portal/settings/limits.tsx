import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import type { EdgeFacts } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'

/** What peers may make the edge hold and wait for, group by group. */
export function Limits() {
  const edge = useQuery(resource<EdgeFacts>('/edge'))
  return (
    <Section
      title="Limits in force"
      lead="What browsers, connectors and callers of the API may make the edge hold and wait for. sallyport edge --limits says otherwise."
    >
      <Loaded query={edge} what="limits">
        {({ limits }) =>
          Object.entries(limits).map(([group, values]) => (
            <details key={group} className="limits">
              <summary>{group}</summary>
              <Facts
                facts={Object.entries(values).map(([name, value]) => ({
                  name: wordsOf(name),
                  value: value.toLocaleString(),
                }))}
              />
            </details>
          ))
        }
      </Loaded>
    </Section>
  )
}

/** `headSeconds` as words: `Head seconds`. */
function wordsOf(name: string): string {
  const words = name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
