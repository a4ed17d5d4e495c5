import { ruleColumns } from './app-facts.ts'
import { command } from './command.ts'
import { allow, deny } from './cors-change.ts'
import { refusals } from './cors-refusals.ts'
import { failure } from './failure.ts'
import { unknownName } from './kind.ts'
import { flag, need, option } from './parameter.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'
import { allTargets, resolveTarget, type Target } from './target.ts'

const theTarget = {
  target: need('target', 'an application, or a segment by its host', { namesOf: 'targets' }),
}

type Row = Resource & { readonly targetDisplayName: string }

const list = command({
  name: 'list',
  summary: 'who may call whom: the CORS rules of all, or of one',
  kind: 'read',
  examples: ['cors list', 'cors list --of api --json'],
  options: { of: option('target', 'only this application or segment', { namesOf: 'targets' }) },
  async run({ api, out }, { of }) {
    const targets = of === undefined ? await allTargets(api) : [await resolveTarget(api, of)]
    const rows = targets.flatMap((target) =>
      rulesOf(target).map(
        (rule): Row => ({
          ...rule,
          targetDisplayName: target.name,
          applicationId: textAt(target.app, 'id'),
          ...(target.segment && { segmentId: textAt(target.segment, 'id') }),
        }),
      ),
    )
    out.list(rows, columns, 'There is no rule: only pages of the same origin may call.')
  },
})

const columns: readonly Column<Row>[] = [
  { title: 'CALLED', value: (row) => row.targetDisplayName },
  ...ruleColumns,
]

function rulesOf({ app, segment }: Target): readonly Resource[] {
  if (segment) return listAt(segment, 'corsConfigurations')
  return listAt(app, 'onPremisesPublishing/corsConfigurations')
}

/** The rule that a word means: its id, or its resource. The only one needs no word. */
function pickRule(target: Target, word: string | undefined): Resource {
  const rules = rulesOf(target)
  const [only, second] = rules
  if (word === undefined) {
    if (only !== undefined && second === undefined) return only
    const resources = rules.map((rule) => `${textAt(rule, 'id')}  ${textAt(rule, 'resource')}`)
    const which = rules.length === 0 ? 'no rule' : 'several rules: say which one with --rule'
    throw failure('which-rule', `${target.name} has ${which}.`, resources)
  }
  const found = rules.find((rule) => [textAt(rule, 'id'), textAt(rule, 'resource')].includes(word))
  if (found) return found
  const names = rules.map((rule) => textAt(rule, 'resource'))
  throw unknownName(`CORS rule of ${target.name}`, word, names, `cors list --of ${target.name}`)
}

const theRule = option('resource|id', 'which rule, where there are several')

const remove = command({
  name: 'remove',
  summary: 'delete a CORS rule whole',
  kind: 'remove',
  examples: ['cors remove api --rule /orders --yes'],
  takes: theTarget,
  options: { rule: theRule },
  async run(session, { target: word, rule: ruleWord }) {
    const target = await resolveTarget(session.api, word)
    const rule = pickRule(target, ruleWord)
    const resource = textAt(rule, 'resource')
    const sentence = `The rule for ${resource} of ${target.name} will be deleted.`
    await askFirst(session, sentence, target.name)
    const path = `${target.path}/corsConfigurations/${textAt(rule, 'id')}`
    await session.api.change('DELETE', path)
    session.out.done(`The rule for ${resource} of ${target.name} is deleted.`, rule)
  },
})

const dryRun = command({
  name: 'dry-run',
  summary: 'let a rule only count what it would refuse, or enforce it again',
  kind: 'write',
  examples: ['cors dry-run api', 'cors dry-run api --rule /orders --off'],
  takes: theTarget,
  options: { rule: theRule, off: flag('enforce it again') },
  async run({ api, out }, { target: word, rule: ruleWord, off }) {
    const target = await resolveTarget(api, word)
    const rule = pickRule(target, ruleWord)
    const path = `${target.path}/corsConfigurations/${textAt(rule, 'id')}`
    await api.change('PATCH', path, { mode: off ? 'enforce' : 'dryRun' })
    if (api.isDryRun) return
    const how = off ? 'is enforced' : 'only counts what it would refuse: sallyport cors refusals'
    out.done(
      `The rule for ${textAt(rule, 'resource')} of ${target.name} ${how}.`,
      await api.get(path),
    )
  },
})

export const cors = [list, allow, deny, remove, dryRun, refusals]
