// `npm run bench` measures everything, `npm run bench -- get latency` parts alone; `--json` ends with one line for scripts,
// `--rounds 5` is steadier, `--check` fails when an aim is missed. See README.md.
import { parseArgs } from 'node:util'
import { missedAims } from './aims.ts'
import { placement } from './cpu.ts'
import { type Outcome, printable } from './outcome.ts'
import { parts } from './parts.ts'
import { complain, installMissing, programs, widenPath } from './programs.ts'
import { Stage } from './stage.ts'

// Three, so that the median stands one bad round; the whole run stays under ten minutes.
const defaultRounds = 3

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: String(defaultRounds) },
  },
})
const tell = (line: string) => console.error(line)

const complaint = preparation()
if (complaint === undefined) {
  await measure()
  process.exit()
}
tell(complaint)
process.exitCode = 2

/** Why nothing can be measured; undefined when it can. */
function preparation(): string | undefined {
  const unknown = named.filter((name) => !(name in parts))
  if (unknown.length > 0) {
    return `no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`
  }
  if (!/^[1-9]\d?$/.test(options.rounds)) return '--rounds wants a whole number from 1 to 99'
  widenPath()
  const { nginx, wrk, h2load, curl, taskset } = programs
  const missing = installMissing([nginx, wrk, h2load, curl, taskset], tell)
  return missing.length === 0 ? undefined : complain(missing)
}

async function measure(): Promise<void> {
  const chosen = named.length > 0 ? named : Object.keys(parts)
  const startedAt = performance.now()
  tell(`${chosen.join(', ')}; ${options.rounds} rounds; ${placement}`)
  const outcomes: Outcome[] = []
  {
    await using stage = new Stage({ rounds: Number(options.rounds), tell })
    for (const name of chosen) {
      tell(`\n== ${name}, ${Math.round((performance.now() - startedAt) / 1000)} s`)
      const outcome = await (parts[name] as (stage: Stage) => Promise<Outcome>)(stage)
      outcomes.push(outcome)
      console.log(`\n${printable(outcome.table)}`)
    }
  }
  report(outcomes)
}

function report(outcomes: readonly Outcome[]): void {
  const ratios = Object.assign({}, ...outcomes.map((outcome) => outcome.ratios))
  const figures = Object.assign({}, ...outcomes.map((outcome) => outcome.figures))
  const missed = missedAims({ ...ratios, ...figures })
  console.log('')
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${name}: ${ratio}`)
  for (const line of missed) console.log(line)
  if (options.json) console.log(JSON.stringify({ ratios, figures }))
  if (options.check && missed.length > 0) process.exitCode = 1
}
