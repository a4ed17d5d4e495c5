import { command } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { flag, severalNeeded } from './parameter.ts'
import { countPlan, warningsOf, writePlan } from './plan-text.ts'
import { type Problem, problemsFailure, writeProblem } from './problem.ts'
import { addHints } from './problem-hints.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { askFirst, type Session } from './session.ts'
import { clean } from './text.ts'

const files = severalNeeded('file', 'YAML or JSON, or folders of such files; - is stdin', 'files')
const prune = flag('also delete what the files do not have, in the parts that they have')

/** `sallyport diff`: exit code 10 when the edge is not what the files say. [G6] */
export const diff = command({
  name: 'diff',
  summary: 'what the edge has otherwise than the files say; exit code 10 if anything',
  kind: 'read',
  examples: ['diff sallyport.yaml', 'diff configuration/ --prune --json'],
  takes: { files },
  options: { prune },
  async run(session, { files, prune }) {
    const { out } = session
    const plan = await comparePlan(session, files, prune)
    const { changes } = plan
    if (out.isJson) out.json({ changes })
    else writeChanges(session, plan)
    const count = countPlan(changes)
    if (count === '') {
      out.say('The edge is what the files say.')
      return
    }
    const message = `The edge is not what the files say: ${count}.`
    throw new Failure({
      ...{ code: 'drift', exitCode: exitCodes.drift, message },
      fix: `sallyport apply ${files.join(' ')}${prune ? ' --prune' : ''}`,
    })
  },
})

/** `sallyport apply`: the plan, a question, one transaction, one revision. [G4] [G6] */
export const apply = command({
  name: 'apply',
  summary: 'make the edge what the files say, in one step that can be undone',
  kind: 'remove',
  plansItself: true,
  examples: [
    'apply sallyport.yaml --dry-run',
    'apply configuration/ --yes --reason "ticket 4711"',
    'apply sallyport.yaml --prune',
  ],
  takes: { files },
  options: { prune, dryRun: flag('show what would change, and change nothing') },
  async run(session, { files, prune, dryRun }) {
    const { document, changes } = await comparePlan(session, files, prune)
    await applyPlan(session, { document, changes, prune, dryRun })
  },
})

interface Plan {
  readonly document: Resource
  readonly changes: readonly Resource[]
}

/** Shows what would change, asks, and does it in one revision. */
export async function applyPlan(
  session: Session,
  {
    document,
    changes,
    prune,
    dryRun,
  }: Plan & { readonly prune: boolean; readonly dryRun: boolean },
): Promise<void> {
  const { api, out } = session
  if (!out.isJson) writeChanges(session, { document, changes })
  const count = countPlan(changes)
  if (count === '') {
    if (out.isJson) out.json({ changes, revisionId: null })
    out.say('Nothing to do: the edge is what the files say.')
    return
  }
  for (const warning of warningsOf(changes)) out.warn(warning)
  if (dryRun) {
    if (out.isJson) out.json({ changes, revisionId: null })
    out.say(`${count}. Nothing was changed.`)
    return
  }
  await askFirst(session, `The edge will be changed: ${count}.`, 'yes')
  out.progress('Applying …')
  const made = (await api.call('POST', '/configuration/apply', { document, prune })) ?? {}
  const done = listAt(made, 'changes')
  const revision = textAt(made, 'revisionId')
  if (out.isJson) out.json(made)
  else if (out.isQuiet) out.line(clean(revision))
  else
    out.sayPainted(
      `${out.paintTalk('good', '✓')} Done: ${countPlan(done, true) || 'nothing was left to do'}.`,
    )
}

function writeChanges({ out }: Session, { document, changes }: Plan): void {
  if (out.isQuiet) return
  for (const line of writePlan(changes, document, out.paint)) out.line(line)
}

async function comparePlan(
  session: Session,
  names: readonly string[],
  prune: boolean,
): Promise<Plan> {
  session.out.progress(`Reading ${names.join(', ')} …`)
  // What knows YAML is loaded behind the first word.
  const { readConfigurationFiles } = await import('./configuration-file.ts')
  const { joinDocuments } = await import('./joined-document.ts')
  const { document, problems, locate } = joinDocuments(readConfigurationFiles(names))
  if (problems.length > 0) throw tellProblems(session, problems)
  return { document, changes: await compare(session, document, prune, locate) }
}

/** What applying the document would change. Tells every problem, and throws a Failure when there is one. */
export async function compare(
  session: Session,
  document: Resource,
  prune: boolean,
  locate: (problem: Problem) => Problem = (problem) => problem,
): Promise<readonly Resource[]> {
  const { api, out } = session
  out.progress('Comparing with the edge …')
  const answer = await api
    .call('POST', '/configuration/diff', { document, prune })
    .catch(explainSize)
  const issues = listAt(answer, 'issues').map(problemOf)
  if (issues.length === 0) return listAt(answer, 'changes')
  const hinted = await addHints(api, issues, document)
  throw tellProblems(session, hinted.map(locate).toSorted(byPlace))
}

/** The edge takes a configuration of a few thousand applications at a time. */
function explainSize(thrown: unknown): never {
  if (!(thrown instanceof Failure) || thrown.facts.code !== 'Request_EntityTooLarge') throw thrown
  const details = ['Apply it in parts, some files at a time and without --prune.']
  throw new Failure({ ...thrown.facts, details }, { cause: thrown })
}

/** In the order in which somebody reads the files. */
function byPlace({ place: one }: Problem, { place: other }: Problem): number {
  if (!one || !other || one.file !== other.file) return 0
  return one.line - other.line || one.column - other.column
}

function problemOf(issue: Resource): Problem {
  const [code, message, path] = ['code', 'message', 'path'].map((name) => textAt(issue, name))
  return { code: code ?? '', message: message ?? '', path }
}

// Who mends these sees the others next time; programs get all of them.
const shownMax = 50

function tellProblems({ out, surroundings }: Session, problems: readonly Problem[]): Failure {
  out.end()
  if (!out.isJson) {
    for (const problem of problems.slice(0, shownMax)) {
      surroundings.stderr.write(`${writeProblem(problem, out.paintTalk).join('\n')}\n`)
    }
    if (problems.length > shownMax) out.say(`… and ${problems.length - shownMax} more`)
  }
  return problemsFailure(problems)
}
