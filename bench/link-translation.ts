import { TextTranslation } from '../src/links/text.ts'
import type { Application } from '../src/publishing/application.ts'
import { compileRoutes, resolve } from '../src/publishing/route-table.ts'
import { sampleApplication } from '../src/publishing/sample.ts'

// How fast the links of a body are translated: pages and a style sheet without content coding, in chunks as they come out
// of the tunnel, with 1,000 applications published. MB per second of CPU time, garbage collection included. Prints one JSON
// line.

const applicationCount = 1_000
const pageRows = 24_000
const chunkBytes = 16 * 1024
const runs = 20

const applications = Array.from({ length: applicationCount }, (_, i) => publish(i))
const routes = compileRoutes(applications)
const found = resolve(routes, 'https', 'app0.contoso.net', 443, '/')
if (!found.found) throw new Error('app0 is published')
const from = found

function publish(index: number): Application {
  return sampleApplication(`app${index}`, {
    externalUrl: `https://app${index}.contoso.net/`,
    internalUrl: `http://server${index % 100}:8080/app${index}/`,
  })
}

/** A page of rows, each made by `row`. */
function rows(row: (index: number) => string): Buffer {
  return Buffer.from(Array.from({ length: pageRows }, (_, i) => row(i)).join(''))
}

const item = (i: number, link: string) =>
  `<li class="item"><a href="${link}">Item number ${i}</a></li>\n`

/** Every row has a link: to another application, to a path of this one, to the outside, in turn. */
const linkHeavy = rows((i) => {
  const target = `app${i % applicationCount}/items/${i}?page=2`
  const links = [
    `http://server${(i % applicationCount) % 100}:8080/${target}`,
    `/app0/items/${i}?page=2`,
    `https://www.example.com/items/${i}`,
  ]
  return item(i, links[i % 3] as string)
})

const sheet = rows(
  (i) => `.item-${i}:hover{color:rgb(${i % 256},0,0);background:url("/app0/i/${i}.png") 0 0}\n`,
)

const plain = rows((i) => `<p>Paragraph ${i} of a page that says much and links to little.</p>\n`)

function translate(body: Buffer, language: 'html' | 'css'): void {
  const plan = { language, charset: 'ascii', coding: 'identity' } as const
  const translation = new TextTranslation(routes, from, plan)
  for (let i = 0; i < body.length; i += chunkBytes) {
    translation.translate(body.subarray(i, i + chunkBytes))
  }
  translation.end()
}

/** The median run; the first few warm up. */
function measure(body: Buffer, language: 'html' | 'css'): number {
  const speeds: number[] = []
  for (let run = 0; run < 2 * runs; run++) {
    const before = process.cpuUsage()
    translate(body, language)
    const { user, system } = process.cpuUsage(before)
    if (run >= runs) speeds.push(body.length / (user + system))
  }
  return Math.round(speeds.sort((a, b) => a - b)[runs / 2] as number)
}

console.log(
  JSON.stringify({
    linkHeavyMbPerS: measure(linkHeavy, 'html'),
    textMbPerS: measure(plain, 'html'),
    styleSheetMbPerS: measure(sheet, 'css'),
  }),
)
