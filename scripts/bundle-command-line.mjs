// `node scripts/bundle-command-line.mjs <folder>`: what `src/main.ts` needs for its first words, as JavaScript in a few
// files. Edge, connector and demo stay sources: what `src/run/` loads later is loaded from there.
import { statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { build } from 'vite'

const root = process.cwd()
const outDir = resolve(process.argv[2])
const composition = join(root, 'src', 'run') + sep
// Of every file before it is read: who changes it meanwhile makes the build an old one.
const inputs = new Map([['package-lock.json', factsOf('package-lock.json')]])

const plugin = {
  name: 'command-line',
  enforce: 'pre',
  resolveId(source, importer, { kind }) {
    if (kind !== 'dynamic-import' || !importer?.startsWith(composition)) return undefined
    const file = relative(root, resolve(dirname(importer), source)).replaceAll(sep, '/')
    // From dist/cli-<build>/.
    return { id: `../../${file}`, external: true }
  },
  load(id) {
    const file = relative(root, id).replaceAll(sep, '/')
    if (file.startsWith('src/')) inputs.set(file, factsOf(file))
    return undefined
  },
}

await build({
  ...{ root, configFile: false, logLevel: 'warn', plugins: [plugin] },
  ssr: { noExternal: true },
  build: {
    ...{ ssr: 'src/main.ts', outDir, emptyOutDir: false, minify: false, target: 'node24' },
    rolldownOptions: {
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
const written = [...inputs].map(([file, facts]) => [file, ...facts])
writeFileSync(join(outDir, 'inputs.json'), JSON.stringify(written))

function factsOf(file) {
  const { size, mtimeMs } = statSync(join(root, file))
  return [size, mtimeMs]
}
