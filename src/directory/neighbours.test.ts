import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Application } from '../publishing/application.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { findClashes } from './applications.ts'
import { Neighbours } from './neighbours.ts'

const limits = { maxSegments: 50, reservedHosts: new Set<string>() }

// So few of everything that clashes of every kind are common, and a text may be a URL here and an identifier there.
const label = fc.constantFrom('a', 'b', 'c')
const segment = fc.record({
  externalUrl: label.map((each) => `https://${each}.contoso.net/`),
  internalUrl: label.map((each) => `https://${each}.contoso.net/`),
  alternateUrl: fc.option(
    label.map((each) => `https://${each}.contoso.net/x/`),
    { nil: undefined },
  ),
})
const application: fc.Arbitrary<Application> = fc
  .record({
    id: fc.constantFrom('1', '2', '3', '4', '5'),
    segments: fc.array(segment, { maxLength: 3 }),
    star: label,
    isPublished: fc.boolean(),
    identifierUris: fc.array(
      label.map((each) => `https://${each}.contoso.net/`),
      { maxLength: 2 },
    ),
    uniqueName: fc.option(fc.constantFrom('One', 'ONE', 'two'), { nil: undefined }),
  })
  .map(({ id, segments, star, isPublished, identifierUris, uniqueName }) => {
    const urls = { externalUrl: `https://*.${star}.net/`, internalUrl: 'http://*.test.com/' }
    const sample = sampleApplication(id, segments.length > 0 ? { segments } : urls)
    const publishing = isPublished ? sample.publishing : undefined
    return { ...sample, publishing, identifierUris, ...(uniqueName && { uniqueName }) }
  })

test('an application clashes with its neighbours exactly as with all others, whatever came, changed and went before [P6] [S10]', () => {
  const known = fc.array(application, { maxLength: 12 })
  const gone = fc.subarray(['1', '2', '3', '4', '5'], { maxLength: 3 })
  fc.assert(
    fc.property(known, gone, application, (history, gone, wanted) => {
      const present = new Map<string, Application>()
      const neighbours = new Neighbours([])
      const forget = (id: string) => {
        const before = present.get(id)
        if (before) neighbours.remove(before)
        present.delete(id)
      }
      for (const each of history) {
        forget(each.id)
        present.set(each.id, each)
        neighbours.add(each)
      }
      for (const id of gone) forget(id)
      const others = [...present.values()].filter(({ id }) => id !== wanted.id)
      const near = new Set(neighbours.of(wanted))
      const told = others.filter((each) => near.has(each))
      assert.equal(told.length, near.size)
      assert.deepEqual(findClashes(wanted, told, limits), findClashes(wanted, others, limits))
    }),
    { numRuns: 500 },
  )
})

test('of ten thousand applications those alone are neighbours that share something', () => {
  const all = Array.from({ length: 10_000 }, (_, at) =>
    sampleApplication(String(at), {
      externalUrl: `https://app${at}.contoso.net/`,
      internalUrl: 'http://intranet/',
    }),
  )
  const neighbours = new Neighbours(all)
  const wanted = sampleApplication('new', {
    externalUrl: 'https://app7.contoso.net/',
    alternateUrl: 'https://app9999.contoso.net/',
    internalUrl: 'http://intranet/',
  })
  assert.deepEqual(
    neighbours.of(wanted).map(({ id }) => id),
    ['7', '9999'],
  )
})
