import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative, sep } from 'node:path'
import { test } from 'node:test'

/** The table of docs/architecture.md: a folder may import itself and the folders named here. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  http: ['base'],
  signals: ['base'],
  cors: ['http', 'base'],
  publishing: ['cors', 'http', 'base'],
  links: ['publishing', 'cors', 'http', 'base'],
  identity: ['http', 'base'],
  policy: ['identity', 'publishing', 'base'],
  http1: ['http', 'base'],
  http2: ['http', 'base'],
  tunnel: ['http', 'base'],
  connector: ['tunnel', 'http1', 'http', 'signals', 'base'],
  certificates: ['http', 'base'],
  manual: ['http', 'base'],
  directory: ['certificates', 'publishing', 'policy', 'identity', 'base'],
  refusal: ['publishing', 'cors', 'identity', 'http', 'base'],
  edge: [
    'refusal',
    'manual',
    'links',
    'publishing',
    'policy',
    'cors',
    'identity',
    'tunnel',
    'http1',
    'http2',
    'http',
    'signals',
    'base',
  ],
  doctor: ['refusal', 'publishing', 'policy', 'cors', 'identity', 'http', 'base'],
  graph: [
    'directory',
    'certificates',
    'doctor',
    'manual',
    'publishing',
    'policy',
    'identity',
    'http',
    'base',
  ],
  sites: ['edge', 'directory', 'policy', 'publishing', 'identity', 'http', 'base'],
  portal: [],
  cli: ['doctor', 'manual', 'base'],
}

/** The same inside `identity`, whose own files at the top are for all of its folders. */
const identityMayImport: Readonly<Record<string, readonly string[]>> = {
  session: [],
  'relying-party': ['session'],
  local: [],
  'sign-in': ['relying-party', 'local', 'session'],
  provider: ['sign-in', 'local'],
  token: ['provider', 'relying-party'],
}

/** The composition: it puts the folders together, so it may import them all, and nobody imports it. */
const composition: ReadonlySet<string> = new Set(['run', 'main.ts'])

// Long enough for one idea told whole, short enough to be read in one sitting.
const fileMaxLines = 400
const functionMaxLines = 70

const sources = files('src/**/*.{ts,tsx}')
const written = [
  ...sources,
  ...files('{test,demos,bench,scripts}/**/*.{ts,tsx,js,mjs,css}'),
  ...files('src/**/*.{css,js,mjs}'),
]

test('imports point down the table', () => {
  const upward = sources.flatMap((file) =>
    relativeImports(file)
      .filter((target) => !mayUse(file, target))
      .map((target) => `${file} must not import ${target}`),
  )
  assert.deepEqual(upward, [])
})

test('imports inside identity point down its own table', () => {
  const inside = sources.filter((file) => identityFolder(file) !== undefined && isShipped(file))
  const upward = inside.flatMap((file) =>
    relativeImports(file)
      .filter((target) => !mayUseInside(file, target))
      .map((target) => `${file} must not import ${target}`),
  )
  assert.deepEqual(upward, [])
})

test('every folder of src has its line in the table', () => {
  const folders = new Set(sources.map(folderOf))
  const unknown = [...folders].filter((name) => !(name in mayImport) && !composition.has(name))
  assert.deepEqual(unknown, [])
})

test('no import goes in a circle, types included', () => {
  assert.deepEqual(circles(sources, relativeImports), [])
})

test(`a file has at most ${fileMaxLines} lines`, () => {
  const long = written
    .map((file) => [file, read(file).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > fileMaxLines)
    .map(([file, lines]) => `${file}: ${lines} lines`)
  assert.deepEqual(long, [])
})

test(`a function has at most ${functionMaxLines} lines`, () => {
  const long = written
    .filter((file) => !file.includes('.test.') && extname(file) !== '.css')
    .flatMap((file) => longFunctions(file))
  assert.deepEqual(long, [])
})

test('a file is imported by its own name: no index.ts, no default export', () => {
  const indexes = written.filter((file) => /(^|\/)index\.[cm]?[jt]sx?$/.test(file))
  // Vite and its kind read the default export of their configuration.
  const named = written.filter((file) => !file.endsWith('.config.ts') && extname(file) !== '.css')
  const defaults = named.filter((file) =>
    /^export (?:default\b|\{[^}]*\bas default\b)/m.test(read(file)),
  )
  assert.deepEqual([...indexes, ...defaults], [])
})

test('no type is `any`', () => {
  const loose = written
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => anyType.test(withoutProse(read(file))))
  assert.deepEqual(loose, [])
})

const anyType = /(?:[:<,|&(=]\s*|\bas |\bextends |\bsatisfies )any\b(?!\s*[:(=])|\bany\[\]/

test('the referee sees a static, side-effect, dynamic and type-only import', () => {
  const text = [
    "import { a } from './a.ts'",
    "import './b.ts'",
    "const c = await import('./c.ts')",
    "import type { D } from '../d/d.ts'",
    "export { e } from './e.ts'",
    "import {\n  f,\n} from './f.ts'",
    "type G = import('./g.ts').G",
  ].join('\n')
  assert.deepEqual(relativeTargets(text), [
    './a.ts',
    './b.ts',
    './c.ts',
    '../d/d.ts',
    './e.ts',
    './f.ts',
    './g.ts',
  ])
})

test('the referee tells an upward import from a downward one', () => {
  assert.equal(mayUse('src/http/a.ts', 'src/edge/b.ts'), false)
  assert.equal(mayUse('src/edge/a.ts', 'src/directory/b.ts'), false)
  assert.equal(mayUse('src/edge/a.ts', 'src/run/b.ts'), false)
  assert.equal(mayUse('src/edge/a.ts', 'src/http/b.ts'), true)
  assert.equal(mayUse('src/run/a.ts', 'src/graph/b.ts'), true)
  assert.equal(mayUse('src/run/a.ts', 'demos/contoso/b.ts'), true)
  assert.equal(mayUse('src/edge/a.ts', 'demos/contoso/b.ts'), false)
  assert.equal(mayUse('src/edge/a.ts', 'test/http-client.ts'), false)
  assert.equal(mayUse('src/edge/a.test.ts', 'test/http-client.ts'), true)
})

test('the referee finds a circle', () => {
  const imports: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['a'], d: ['a'] }
  assert.deepEqual(
    circles(Object.keys(imports), (file) => imports[file] ?? []),
    ['a → b → c → a'],
  )
})

test('the referee measures functions, arrows and methods', () => {
  const body = '  work()\n'.repeat(functionMaxLines)
  const heads = [
    'function f() {',
    'const f = async () => {',
    '): Promise<void> {',
    'async *run(a: number): T {',
    '#read() {',
    'test(name, async (t) => {',
  ]
  for (const head of heads) {
    assert.equal(longFunctions('x.ts', `${head}\n${body}}\n`).length, 1, head)
    assert.equal(longFunctions('x.ts', `${head}\n  work()\n}\n${body}`).length, 0, head)
  }
  assert.deepEqual(longFunctions('x.ts', `if (a) {\n${body}}\nconst table = {\n${body}}\n`), [])
})

test('the referee sees `any` as a type and not as a word', () => {
  for (const loose of ['let a: any', 'a as any', 'Map<string, any>', 'type A = any', 'any[]']) {
    assert.match(loose, anyType, loose)
  }
  for (const fine of ['many: string', 'any: true', 'Promise.any(all)', 'const any = 1']) {
    assert.doesNotMatch(fine, anyType, fine)
  }
})

function files(pattern: string): string[] {
  return globSync(pattern)
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !/(^|\/)(?:node_modules|dist)\//.test(file))
    .sort()
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function mayUse(file: string, target: string): boolean {
  const home = folderOf(file)
  const guest = folderOf(target)
  // The demo command runs the sample applications; tests use the helpers of test/.
  if (target.startsWith('demos/')) return composition.has(home)
  if (!target.startsWith('src/')) return file.includes('.test.') && target.startsWith('test/')
  if (home === guest || composition.has(home)) return true
  return mayImport[home]?.includes(guest) ?? false
}

/** The folder inside `identity`: '' for its own files, undefined for other folders. */
function identityFolder(file: string): string | undefined {
  const [, home, folder, rest] = file.split('/')
  if (home !== 'identity') return undefined
  return rest === undefined ? '' : folder
}

function isShipped(file: string): boolean {
  return !/\.test\.ts$|\/fixture-/.test(file)
}

function mayUseInside(file: string, target: string): boolean {
  const home = identityFolder(file) ?? ''
  const guest = identityFolder(target)
  if (guest === undefined || guest === '' || guest === home) return true
  return identityMayImport[home]?.includes(guest) ?? false
}

function relativeImports(file: string): string[] {
  return relativeTargets(read(file)).map((target) =>
    relative('.', join(dirname(file), target))
      .split(sep)
      .join('/'),
  )
}

function relativeTargets(text: string): string[] {
  const pattern =
    /(?:^(?:import|export)\b[^'"`]*?\bfrom\s*|^import\s*|\bimport\s*\(\s*)['"](\.[^'"]+)['"]/gm
  return [...text.matchAll(pattern)].map((match) => match[1] as string)
}

function circles(all: readonly string[], importsOf: (file: string) => string[]): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) found.push([...path.slice(start), file].join(' → '))
    if (start >= 0 || done.has(file) || !all.includes(file)) return
    for (const target of importsOf(file)) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of all) visit(file, [])
  return found
}

/** By indentation, which the formatter guarantees: a function ends at the first closing brace below its first line. */
function longFunctions(file: string, text = read(file)): string[] {
  const lines = text.split('\n')
  const found: string[] = []
  lines.forEach((line, index) => {
    if (!opensFunction(line)) return
    const indent = /^ */.exec(line)?.[0] ?? ''
    const length = lines.slice(index + 1).findIndex((end) => end.startsWith(`${indent}}`)) + 2
    if (length > functionMaxLines) found.push(`${file}:${index + 1}: ${length} lines`)
  })
  return found
}

function opensFunction(line: string): boolean {
  if (!line.endsWith('{') || /^\s*(?:\} )?(?:if|for|while|switch|else|catch)\b/.test(line))
    return false
  return /=> \{$|\bfunction\b|^\s*(?:[\w#]+ )*[\w#*[\].]+(?:<.*>)?\(.*\).*\{$|^\s*\}?\)(?::.*)? \{$/.test(
    line,
  )
}

/** Without comments and string contents, in which words may mean anything. */
function withoutProse(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, '``')
    .replace(/\/\/.*$/gm, '')
}
