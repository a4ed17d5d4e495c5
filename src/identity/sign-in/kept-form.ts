import type { Answer } from '../../http/answer.ts'
import type { RawHeaders } from '../../http/headers.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { Seal } from '../seal.ts'
import type { Session } from '../session.ts'
import { bindCookie, boundSecret, newBinding } from './flow.ts'
import { formKeptPage, formSpentPage, sendFormPage } from './kept-form-pages.ts'
import { landingPath } from './landing.ts'
import type { SpentTickets } from './spent-tickets.ts'

/** A form as the browser posted it. */
export interface PostedForm {
  readonly contentType: string
  readonly origin: string | undefined
  readonly referer: string | undefined
  readonly body: Buffer
}

/** What lies in the browser, sealed, until the person has signed in. */
interface KeptForm extends Omit<PostedForm, 'body'> {
  readonly id: string
  readonly bindHash: string
  /** Where it was posted to, and where alone it is sent: origin, path and query. */
  readonly url: string
  readonly applicationId: string
  /** Who filled it in, where that is still known. */
  readonly personId: string | undefined
  /** Base64. */
  readonly body: string
}

/** What becomes of a form that came back: it goes on to the application, or a page says why it does not. */
export type Resumed = { readonly form: PostedForm } | { readonly answer: Answer }

const purpose = 'kept-form/1'
// As long as a sign-in may take.
const lifetimeMs = 10 * 60 * 1000

/** Of a body; what people type is far below, and everybody may post one without being signed in. */
export const keptFormMaxBytes: number = 256 * 1024
/** Of a body that brings one back: base64 in JSON, encrypted, base64. */
export const returnedFormMaxBytes: number = 512 * 1024

const encodings =
  /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i

/** The media types that forms are posted in (HTML §attr-fs-enctype). */
export function isFormType(contentType: string | undefined): boolean {
  return contentType !== undefined && encodings.test(contentType)
}

// As a form of type text/plain writes its fields; `confirmed` is the button.
const returned = /^sallyport-form=([\w-]+)\r\n(confirmed=yes\r\n)?$/

/** The sealed form in a body that brings one back; undefined when the body is the application's. */
export function readReturned(
  body: string,
): { readonly sealed: string; readonly confirmed: boolean } | undefined {
  const [, sealed, confirmed] = returned.exec(body) ?? []
  return sealed === undefined ? undefined : { sealed, confirmed: confirmed !== undefined }
}

/**
 * Forms that came without a session. They wait in the browser, so that nobody can fill the edge with them; sealed, and
 * bound to that browser by a cookie, so that no other site can have a form of its own sent with somebody's session. [S5]
 */
export class KeptForms {
  readonly #seal: Seal
  readonly #spent: SpentTickets

  constructor(options: { readonly seal: Seal; readonly spentTickets: SpentTickets }) {
    this.#seal = options.seal
    this.#spent = options.spentTickets
  }

  /** The page that keeps the form and goes to sign in; undefined when it cannot be kept. */
  keep(
    app: GuardedApplication,
    url: URL,
    posted: PostedForm,
    personId: string | undefined,
  ): Answer | undefined {
    const { body, ...rest } = posted
    const path = landingPath(url)
    if (body.length > keptFormMaxBytes || url.origin + path !== url.href) return undefined
    // One that was on its way back when the session ended again would be wrapped a second time.
    if (readReturned(body.toString('latin1'))) return undefined
    const { id, secret, bindHash } = newBinding()
    const form: KeptForm = {
      ...rest,
      id: `form-${id}`,
      bindHash,
      url: url.href,
      applicationId: app.id,
      personId,
      body: body.toString('base64'),
    }
    const sealed = this.#seal.seal(purpose, form, lifetimeMs)
    const page = formKeptPage(url, app.displayName, sealed)
    const cookie = bindCookie(url, form.id, secret)
    return { ...page, headers: [...page.headers, 'Set-Cookie', cookie] }
  }

  /** The form that a body brought back from the same browser, once. */
  resume(
    app: GuardedApplication,
    request: { readonly url: URL; readonly headers: RawHeaders },
    session: Session,
    { sealed, confirmed }: { readonly sealed: string; readonly confirmed: boolean },
  ): Resumed {
    const { url, headers } = request
    const again = { answer: formSpentPage(url) }
    const opened = this.#seal.open<KeptForm>(purpose, sealed, returnedFormMaxBytes)
    if (opened.kind !== 'valid') return again
    const {
      id,
      url: target,
      applicationId,
      personId,
      body,
      contentType,
      origin,
      referer,
    } = opened.value
    if (target !== url.href || applicationId !== app.id) return again
    if (boundSecret(url, headers, opened.value) === undefined) return again
    // Somebody else may have signed in where the form was left behind.
    if (personId !== session.personId && !confirmed) {
      return { answer: sendFormPage(url, session.displayName, sealed) }
    }
    if (!this.#spent.spend(id, lifetimeMs)) return again
    return { form: { contentType, origin, referer, body: Buffer.from(body, 'base64') } }
  }
}
