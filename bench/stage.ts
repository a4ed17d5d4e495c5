import { join } from 'node:path'
import { LocalCa } from '../src/edge/local-ca.ts'
import { freePorts, temporaryFolder } from './commands.ts'
import { buildGoPrograms, type GoPrograms } from './peers/go-programs.ts'
import { startApplication } from './peers/nginx.ts'
import { installMissing, type Program, programs } from './programs.ts'
import { type Published, type RunningSallyport, startSallyport } from './sallyport.ts'

/** PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** 1 KiB of JSON, what the application answers every small request with. */
export const smallBody: string = JSON.stringify({
  name: 'Ada',
  groups: ['users', 'admins'],
}).padEnd(1024)

/** What the parts of one run share; each piece is started by the first part that asks for it. */
export class Stage implements AsyncDisposable {
  readonly rounds: number
  readonly tell: (line: string) => void
  readonly folder: string = temporaryFolder()
  readonly #started = new AsyncDisposableStack()
  #authority: Promise<LocalCa> | undefined
  #application: Promise<number> | undefined
  #sallyport: Promise<RunningSallyport> | undefined
  #small: Promise<Published> | undefined
  #goPrograms: GoPrograms | string | undefined

  constructor(options: { readonly rounds: number; readonly tell: (line: string) => void }) {
    this.rounds = options.rounds
    this.tell = options.tell
  }

  /** The authority of every peer's certificate and of their providers. */
  get authority(): Promise<LocalCa> {
    this.#authority ??= LocalCa.open(join(this.folder, 'authority'))
    return this.#authority
  }

  /** A certificate of the same authority and the same kind of key (P-256) as those of Sallyport's own. */
  async certificate(): Promise<Certificate> {
    return (await this.authority).issue(['localhost'])
  }

  /** Port of the application that answers everything with `smallBody`. */
  get application(): Promise<number> {
    this.#application ??= this.#startApplication()
    return this.#application
  }

  /** The edge and the connector that most parts measure. */
  get sallyport(): Promise<RunningSallyport> {
    this.#sallyport ??= this.#startSallyport()
    return this.#sallyport
  }

  /** The small application as Sallyport publishes it. */
  get small(): Promise<Published> {
    this.#small ??= this.#publishSmall()
    return this.#small
  }

  /** Peers from the Go module proxy, or why there are none. */
  get goPrograms(): GoPrograms | string {
    this.#goPrograms ??= buildGoPrograms(() => this.has(programs.go), this.tell)
    return this.#goPrograms
  }

  /** Whether these programs of Debian are there, or could be installed. */
  has(...wanted: readonly Program[]): boolean {
    return installMissing(wanted, this.tell).length === 0
  }

  /** Has something stopped when the stage is. */
  use<Running extends AsyncDisposable>(running: Running): Running {
    return this.#started.use(running)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync()
  }

  async #startApplication(): Promise<number> {
    const { port } = await freePorts('port')
    this.use(await startApplication(join(this.folder, 'application'), port, smallBody))
    return port
  }

  async #startSallyport(): Promise<RunningSallyport> {
    this.tell('starting edge and connector')
    return this.use(await startSallyport(join(this.folder, 'sallyport')))
  }

  async #publishSmall(): Promise<Published> {
    const sallyport = await this.sallyport
    return sallyport.publish('small', `http://127.0.0.1:${await this.application}/`)
  }
}
