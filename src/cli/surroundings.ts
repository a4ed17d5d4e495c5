import type { Readable } from 'node:stream'
import type { ConnectorCheck } from '../base/connector-check.ts'

/** Where words go: a stream of the process, or what a test keeps them in. */
export interface Writer {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** How an edge on this very machine is reached by whoever may read its folder. */
export interface FolderAccess {
  readonly server: string
  /** Its certificate authority, in PEM. */
  readonly ca: string
  readonly token: string
}

/** What a connector on this machine would be started with. */
export interface ConnectorQuestion {
  readonly data: string | undefined
  readonly token: string | undefined
  readonly edges: readonly string[]
  readonly proxy: string | undefined
  readonly transport: 'auto' | 'direct' | 'websocket' | undefined
  /** Files with authorities of the applications. */
  readonly ca: readonly string[]
  readonly allow: readonly string[]
  /** Internal origins to look at beside those that the edge asks for. */
  readonly origins: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Everything a command has of the world beside the API: the process gives it, and tests give their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  readonly stdout: Writer
  readonly stderr: Writer
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal
  /** Reads the data folder of an edge. Rejects with a sentence. */
  readonly openFolder: (folder: string) => Promise<FolderAccess>
  /** Shows an address in the person's browser, where there is one. */
  readonly openBrowser: (url: string) => void
  /** Looks at everything between this machine, the edge and the applications. Resolves to facts without secrets. */
  readonly examineConnector: (
    question: ConnectorQuestion,
    tell: (check: ConnectorCheck) => void,
  ) => Promise<Readonly<Record<string, unknown>>>
}
