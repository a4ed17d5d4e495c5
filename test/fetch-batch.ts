import type { Page } from 'playwright-core'
import type { CallInit, CorsFailure } from './browser.ts'

/** One call of a batch; `id` stands in the query of its URL as `case`. */
export interface BatchCall {
  readonly id: string
  readonly url: string
  readonly init: CallInit
}

/** What a page got: what it could read, or why Chromium kept it, undefined where that was not CORS. */
export type BatchOutcome =
  | { readonly status: number; readonly fields: readonly string[] }
  | { readonly failure: CorsFailure | undefined; readonly errorText: string }

interface Failed {
  /** `Fetch` for the call itself, `Preflight` for what went before it. */
  readonly type: string
  readonly errorText: string
  readonly corsErrorStatus?: CorsFailure
}

/** Makes many calls at once from one page, and tells what Chromium made of each; lives as long as the page. */
export class BatchCaller {
  readonly #page: Page
  /** By the id of Chromium's request; a preflight has its own, a redirect that of the call. */
  readonly #calls = new Map<string, string>()
  readonly #failures = new Map<string, Failed>()
  /** What the console says, by the id of the call. */
  readonly messages = new Map<string, string>()
  #onFailure: () => void = () => {}

  private constructor(page: Page) {
    this.#page = page
  }

  static async open(page: Page): Promise<BatchCaller> {
    const session = await page.context().newCDPSession(page)
    const caller = new BatchCaller(page)
    session.on('Network.requestWillBeSent', ({ requestId, request }) => {
      const id = new URL(request.url).searchParams.get('case')
      if (id !== null && !caller.#calls.has(requestId)) caller.#calls.set(requestId, id)
    })
    session.on('Network.loadingFailed', ({ requestId, ...failed }) => {
      const id = caller.#calls.get(requestId)
      if (id !== undefined) caller.#note(id, failed)
    })
    page.on('console', (message) => {
      const id = /[?&]case=(\d+)/.exec(message.text())?.[1]
      if (id !== undefined && /CORS policy/.test(message.text())) {
        caller.messages.set(id, message.text())
      }
    })
    await session.send('Network.enable')
    return caller
  }

  /** By the ids of the calls. Waits for Chromium's report on each that failed. */
  async callAll(calls: readonly BatchCall[]): Promise<ReadonlyMap<string, BatchOutcome>> {
    const answers = await this.#page.evaluate(fetchAll, calls)
    const failed = calls.filter((_, at) => answers[at] === null)
    await this.#reported(failed.map(({ id }) => id))
    return new Map(
      calls.map(({ id }, at) => [id, answers[at] ?? outcomeOf(this.#failures.get(id))]),
    )
  }

  // Of a call and its preflight one says why; the preflight may be told of first, and without the reason.
  #note(id: string, failed: Failed): void {
    if (failed.type === 'Preflight' && !failed.corsErrorStatus) return
    if (!this.#failures.get(id)?.corsErrorStatus) this.#failures.set(id, failed)
    this.#onFailure()
  }

  async #reported(ids: readonly string[]): Promise<void> {
    const isDone = (): boolean => ids.every((id) => this.#failures.has(id))
    if (isDone()) return
    await new Promise<void>((resolve) => {
      this.#onFailure = () => isDone() && resolve()
    })
  }
}

function outcomeOf(failed: Failed | undefined): BatchOutcome {
  const { corsErrorStatus, errorText = '' } = failed ?? {}
  if (!corsErrorStatus) return { failure: undefined, errorText }
  const { corsError, failedParameter } = corsErrorStatus
  return { failure: { corsError, failedParameter }, errorText }
}

function fetchAll(calls: readonly BatchCall[]) {
  return Promise.all(
    calls.map(({ url, init }) =>
      fetch(url, init).then(
        (answer) => ({ status: answer.status, fields: [...answer.headers.keys()] }),
        () => null,
      ),
    ),
  )
}
