// `npm run bench` measures an authenticated GET through edge and connector against nginx as a plain proxy;
// `npm run bench -- --json` ends with one line for scripts. `npm run bench -- tunnel route-table` measures parts alone.
import { spawnSync } from 'node:child_process'
import { missingPrograms } from './programs.ts'

const parts = ['tunnel', 'route-table']
const asked = process.argv.slice(2)
const json = asked.includes('--json')
const named = asked.filter((each) => each !== '--json')
const unknown = named.filter((name) => !parts.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark called ${unknown.join(', ')}; there are ${parts.join(', ')}`)
  process.exitCode = 2
} else if (named.length > 0) named.forEach(measurePart)
else await compare()

function measurePart(name: string): void {
  console.log(`\n== ${name}`)
  const args = ['--expose-gc', `bench/${name}.ts`]
  if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exitCode = 1
}

async function compare(): Promise<void> {
  const tell = (line: string) => console.error(line)
  const missing = missingPrograms(tell)
  if (missing !== undefined) {
    console.error(missing)
    process.exitCode = 2
    return
  }
  const { raceNginx } = await import('./against-nginx.ts')
  const { printable, ratios } = await import('./figures.ts')
  const measured = await raceNginx(tell)
  console.log(`\n${printable(measured)}\n`)
  const found = ratios(measured)
  if (json) console.log(JSON.stringify({ ratios: found }))
  else for (const [name, ratio] of Object.entries(found)) console.log(`${name}: ${ratio}`)
}
