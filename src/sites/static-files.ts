import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file of a build, as it is sent. */
export interface StaticFile {
  readonly bytes: Buffer
  readonly type: string
  /** `br` or `gzip`; undefined: as it is. */
  readonly encoding: string | undefined
}

// What a build of the portal consists of; whatever else may be lying there is bytes to browsers.
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/**
 * The files of a build. They are listed once, and found by their names only, so that no request can lead out of the folder;
 * listed anew when the page has been built again.
 */
export class StaticFiles {
  readonly #folder: string
  readonly #entry: string
  #builtAt = Number.NaN
  #paths: ReadonlyMap<string, string> = new Map()
  readonly #contents = new Map<string, Promise<Buffer>>()

  /** `entry` is the page itself, by its path from the folder: `/index.html`. */
  constructor(folder: string, entry: string) {
    this.#folder = folder
    this.#entry = entry
  }

  /** Whether there is a build. Rejects when the disk cannot be read. */
  async ready(): Promise<boolean> {
    const builtAt = await modifiedAt(join(this.#folder, this.#entry))
    if (builtAt === undefined) return false
    if (builtAt !== this.#builtAt) {
      this.#paths = await listFiles(this.#folder)
      this.#contents.clear()
      this.#builtAt = builtAt
    }
    return true
  }

  /** The file at a path like `/assets/main-1a2b.js`, in an encoding that is accepted; undefined: there is none. */
  async find(path: string, accepted: ReadonlySet<string>): Promise<StaticFile | undefined> {
    if (!this.#paths.has(path)) return undefined
    const type = types[extname(path)] ?? 'application/octet-stream'
    for (const [encoding, suffix] of encodings) {
      if (!accepted.has(encoding) || !this.#paths.has(path + suffix)) continue
      return { type, encoding, bytes: await this.#read(path + suffix) }
    }
    return { type, encoding: undefined, bytes: await this.#read(path) }
  }

  #read(path: string): Promise<Buffer> {
    const known = this.#contents.get(path)
    if (known) return known
    const reading = readFile(this.#paths.get(path) as string) // the callers looked it up
    this.#contents.set(path, reading)
    reading.catch(() => this.#contents.delete(path))
    return reading
  }
}

async function modifiedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Real files only: a link could lead anywhere. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return [`/${relative(folder, file).replaceAll(sep, '/')}`, file]
    }),
  )
}
