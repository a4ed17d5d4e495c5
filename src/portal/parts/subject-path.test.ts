import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectPath } from './subject-path.ts'

const ann = { id: 'p', displayName: 'ann@contoso.net' }

const cases = [
  [{ kind: 'person', ...ann }, 'a', '/people/p'],
  [{ kind: 'person', id: 'robot', displayName: 'robot' }, 'a', undefined],
  [{ kind: 'conditionalAccessPolicy', id: 'c', displayName: 'Watched' }, 'a', '/policies/c'],
  [{ kind: 'application', id: 'a' }, undefined, '/applications/a'],
  [{ kind: 'connector', id: 'k' }, 'a', '/connectors/k'],
  [{ kind: 'segment', id: 's' }, 'a', '/applications/a?tab=segments'],
  [{ kind: 'corsConfiguration', id: 'r' }, 'a', '/applications/a?tab=cors'],
  [{ kind: 'corsConfiguration', id: 'r' }, undefined, undefined],
  [{ kind: 'internalUrl', id: 'http://in/' }, 'a', undefined],
] as const

test('a decision leads to what it is about, where there is a page about it [G5] [D1]', () => {
  for (const [subject, application, path] of cases) {
    assert.equal(subjectPath(subject, application), path, JSON.stringify(subject))
  }
})
